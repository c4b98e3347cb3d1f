import { seededRandom } from './seeded-random.mjs';

/**
 * A server's limit, seen from its door: `decide` returns whether the request that arrives at `now` (milliseconds) is admitted,
 * and the headers of its answer.
 */
const limits = {
  /** Allows `perSecond` at once and refills steadily; `retryAfter` false says nothing of when. A refused request costs nothing. */
  bucket({ perSecond, retryAfter }) {
    const bucket = tokens(perSecond);
    return { decide: (now) => bucketAnswer(bucket.take(now), retryAfter) };
  },

  /** Such a bucket, from which a client that is not ours takes `othersPerSecond`, at random instants; `others` says when it did. */
  shared({ perSecond, retryAfter, othersPerSecond, seed }) {
    const bucket = tokens(perSecond);
    const random = seededRandom(seed);
    const gapMs = () => (-Math.log(1 - random()) * 1_000) / othersPerSecond;
    const others = [];
    let nextAt;
    const letOthers = (now) => {
      nextAt ??= now + gapMs();
      for (; nextAt <= now; nextAt += gapMs()) if (bucket.take(nextAt)) others.push(nextAt);
    };
    return {
      decide(now) {
        letOthers(now);
        return bucketAnswer(bucket.take(now), retryAfter);
      },
      others: () => others,
    };
  },

  /** Such a bucket whose limit is another one after each `phaseMs` from the first request on; the last stays. */
  changing({ perSecondByPhase, phaseMs, retryAfter }) {
    let beganAt;
    let bucket;
    let phase = -1;
    return {
      decide(now) {
        beganAt ??= now;
        const current = Math.min(perSecondByPhase.length - 1, Math.floor((now - beganAt) / phaseMs));
        if (current !== phase) bucket = tokens(perSecondByPhase[current], bucket?.left(now));
        phase = current;
        return bucketAnswer(bucket.take(now), retryAfter);
      },
    };
  },

  /**
   * At most `perSecond` in any second, as Django REST framework's throttles keep it; Retry-After says in whole seconds,
   * rounded up, when the oldest leaves the window.
   */
  sliding({ perSecond }) {
    const admitted = [];
    return {
      decide(now) {
        while (admitted.length > 0 && admitted[0] <= now - 1_000) admitted.shift();
        if (admitted.length < perSecond) {
          admitted.push(now);
          return { isAdmitted: true, headers: {} };
        }
        const waitSeconds = Math.ceil((admitted[0] + 1_000 - now) / 1_000);
        return { isAdmitted: false, headers: { 'retry-after': String(waitSeconds) } };
      },
    };
  },

  /** At most `perSecond` in each second of the server's clock, and every answer says so, in one of `forms`. */
  stated({ perSecond, form }) {
    let second = -1;
    let left = perSecond;
    return {
      decide(now) {
        if (Math.floor(now / 1_000) !== second) left = perSecond;
        second = Math.floor(now / 1_000);
        const isAdmitted = left > 0;
        if (isAdmitted) left -= 1;
        const resetSeconds = Math.ceil(((second + 1) * 1_000 - now) / 1_000);
        return { isAdmitted, headers: forms[form](perSecond, left, resetSeconds) };
      },
    };
  },
};

/** How a limit is stated: so many a second, so many left, so many whole seconds until there are all again. */
const forms = {
  policy: (most, left, reset) => ({
    'ratelimit-policy': `"default";q=${most};w=1`,
    ratelimit: `"default";r=${left};t=${reset}`,
  }),
  ratelimit: (most, left, reset) => ({
    'ratelimit-limit': most,
    'ratelimit-remaining': left,
    'ratelimit-reset': reset,
  }),
  'x-ratelimit': (most, left, reset) => ({
    'x-ratelimit-limit': most,
    'x-ratelimit-remaining': left,
    'x-ratelimit-reset': reset,
  }),
};

export function createLimit(settings) {
  return limits[settings.limit](settings);
}

/** A token bucket that holds a second's worth, full unless `first` says otherwise. */
function tokens(perSecond, first = perSecond) {
  let held = Math.min(perSecond, first);
  let filledAt;
  const fill = (now) => {
    held = Math.min(perSecond, held + ((now - (filledAt ?? now)) / 1_000) * perSecond);
    filledAt = now;
  };
  return {
    left(now) {
      fill(now);
      return held;
    },
    take(now) {
      fill(now);
      if (held < 1) return false;
      held -= 1;
      return true;
    },
  };
}

function bucketAnswer(isAdmitted, retryAfter) {
  return { isAdmitted, headers: !isAdmitted && retryAfter ? { 'retry-after': '1' } : {} };
}
