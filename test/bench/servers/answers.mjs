import { createLimit } from './limits.mjs';
import { seededRandom } from './seeded-random.mjs';

const done = { status: 204 };

/**
 * What a server of this kind answers: `answer` takes the time and the path and returns status, headers, body and how long
 * the answer takes; `stats` returns what it remembers.
 */
const kinds = {
  'at-once': () => ({ answer: () => done, stats: () => ({}) }),

  slow: ({ afterMs }) => ({ answer: () => ({ ...done, afterMs }), stats: () => ({}) }),

  /** Remembers how often each path was asked for. */
  noting() {
    const times = new Map();
    return {
      answer(_now, path) {
        times.set(path, (times.get(path) ?? 0) + 1);
        return done;
      },
      stats: () => ({ paths: times.size }),
    };
  },

  /** A share of all requests meets a 503 of the API's. */
  faulty({ share, seed }) {
    const random = seededRandom(seed);
    let faults = 0;
    return {
      answer() {
        if (random() >= share) return done;
        faults += 1;
        return refusal(503, 'unavailable', {});
      },
      stats: () => ({ faults }),
    };
  },

  /** One of limits.mjs; remembers when what was admitted and refused, and when the first answer went out. */
  limited(settings) {
    const limit = createLimit(settings);
    const admitted = [];
    const refused = [];
    return {
      answer(now) {
        const { isAdmitted, headers } = limit.decide(now);
        (isAdmitted ? admitted : refused).push(now);
        return isAdmitted ? { ...done, headers } : refusal(429, 'throttled', headers);
      },
      stats: () => ({ admitted, refused, others: limit.others?.() ?? [] }),
    };
  },
};

export function createAnswers(settings) {
  return kinds[settings.kind](settings);
}

function refusal(status, error, headers) {
  const body = JSON.stringify({ id: null, code: status, error, detail: `${error}.`, doc_url: '' });
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}
