import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Behaviour } from '../support/behaviour.ts';
import { type ConnectProxyOptions, startConnectProxy } from '../support/connect-proxy.ts';
import { readReport } from '../support/read-report.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';
import { makeThrowAwayCertificate } from '../support/throw-away-certificate.ts';
import { startTruthServer } from '../support/truth-server.ts';

const closers: (() => Promise<void>)[] = [];
afterAll(async () => {
  await clearScenes();
  await Promise.all(closers.map((close) => close()));
});

const pairs = makePairs(150, 12);
const words = ['run', 'pairs.csv', '--out', 'run', '--max-outage', '5s'];

type Environment = Readonly<Record<string, string>>;
/** Arranges what all requests meet; what it returns comes on top of the scene's environment. */
type Arrange = (scene: Scene) => Promise<Environment>;

const everyAnswer =
  (behaviour: Behaviour): Arrange =>
  async ({ server }) => {
    server.follow(() => behaviour);
    return {};
  };
const baseUrl =
  (url: string): Arrange =>
  async () => ({ OFFBOARD_BASE_URL: url });
const proxy =
  (options: ConnectProxyOptions, credentials = ''): Arrange =>
  async () => {
    const { url, close } = await startConnectProxy(options);
    closers.push(close);
    return { HTTP_PROXY: url.replace('//', `//${credentials}`) };
  };
const refused: Arrange = async ({ server }) => {
  await server.close();
  return {};
};
const wrongProtocol: Arrange = async ({ server }) => ({
  OFFBOARD_BASE_URL: server.url.replace('http:', 'https:'),
});
const untrusted: Arrange = async () => {
  const server = await startTruthServer({ members: pairs, tls: makeThrowAwayCertificate() });
  closers.push(server.close);
  return { OFFBOARD_BASE_URL: server.url };
};

const status = (code: number, error = 'some_error', headers = {}): Behaviour => ({
  kind: 'answer',
  status: code,
  headers,
  body: { error, detail: `It is ${code}.` },
});

interface Row {
  readonly name: string;
  readonly arrange: Arrange;
  readonly exit: 21 | 23;
  readonly reason: string;
  /** On standard output, line breaks as spaces. */
  readonly says: RegExp;
  /** Whether the API may have acted. */
  readonly isPerhaps?: true;
}

const table: readonly Row[] = [
  {
    name: 'connections are refused',
    arrange: refused,
    exit: 21,
    reason: 'outage',
    says: /127\.0\.0\.1:\d+ was unreachable for \d+ s \(ECONNREFUSED\)\./,
  },
  {
    name: 'the host name cannot exist (a label of 64 characters)',
    arrange: baseUrl(`https://${'a'.repeat(64)}.example`),
    exit: 21,
    reason: 'outage',
    says: /The host name a+\.example does not exist: check --base-url and the DNS\./,
  },
  {
    // Without a name server at hand, nobody can say that it does not exist.
    name: 'the host name does not exist (.invalid)',
    arrange: baseUrl('https://paradigm.invalid'),
    exit: 21,
    reason: 'outage',
    says: /paradigm\.invalid (does not exist|was unreachable)/,
  },
  {
    name: 'connections are reset',
    arrange: everyAnswer({ kind: 'reset-before' }),
    exit: 21,
    reason: 'outage',
    says: /was unreachable for \d+ s \(ECONNRESET\)\./,
    isPerhaps: true,
  },
  {
    name: 'nothing answers',
    arrange: everyAnswer({ kind: 'hang' }),
    exit: 21,
    reason: 'outage',
    says: /was unreachable for \d+ s \(TIMEOUT\)\./,
    isPerhaps: true,
  },
  {
    name: 'it is in maintenance',
    arrange: everyAnswer(status(503, 'service_maintenance')),
    exit: 21,
    reason: 'outage',
    says: /was unreachable for \d+ s \(HTTP 503, service_maintenance/,
  },
  {
    name: 'every request is throttled',
    arrange: everyAnswer(status(429)),
    exit: 21,
    reason: 'throttled',
    says: /has answered nothing but "too many requests" for \d+ s\./,
  },
  {
    name: 'Retry-After is longer than an outage may last',
    arrange: everyAnswer(status(429, 'throttled', { 'retry-after': '3600' })),
    exit: 21,
    reason: 'throttled',
    says: /asks to wait .*, longer than this run may: run again after 20\d\d-\d\d-\d\dT/,
  },
  {
    name: 'the key is refused',
    arrange: everyAnswer(status(401)),
    exit: 23,
    reason: 'unauthorized',
    says: /The API refuses the key in PARADIGM_API_KEY \(401\)\./,
  },
  {
    name: 'everything is forbidden',
    arrange: everyAnswer(status(403)),
    exit: 23,
    reason: 'all-forbidden',
    says: /Every removal is forbidden \(403\), over all workspaces\./,
  },
  {
    name: 'a sign-in page answers',
    arrange: everyAnswer({ kind: 'sign-in-page', status: 200 }),
    exit: 23,
    reason: 'unrecognised-answer',
    says: /What answers at 127\.0\.0\.1:\d+ is not the Paradigm API .* Check --base-url/,
    isPerhaps: true,
  },
  {
    name: 'the certificate is not trusted',
    arrange: untrusted,
    exit: 23,
    reason: 'tls',
    says: /The certificate of 127\.0\.0\.1:\d+ is not trusted .* NODE_EXTRA_CA_CERTS/,
  },
  {
    name: 'the base URL says https: and the server speaks http:',
    arrange: wrongProtocol,
    exit: 23,
    reason: 'tls',
    says: /does not speak the protocol of --base-url \(.*\): check http: or https:, and the port\./,
  },
  {
    name: 'the proxy wants a password',
    arrange: proxy({ credentials: 'it:proxy-pass-81' }),
    exit: 23,
    reason: 'proxy',
    says: /The proxy refuses to connect to 127\.0\.0\.1:\d+ \(.*407.*\)\. Check HTTPS_PROXY/,
  },
  {
    name: 'the proxy refuses',
    arrange: proxy({ refuseWith: 403 }),
    exit: 23,
    reason: 'proxy',
    says: /The proxy refuses to connect to 127\.0\.0\.1:\d+ \(.*403.*\)\./,
  },
  {
    name: 'the API itself answers 407',
    arrange: everyAnswer(status(407)),
    exit: 23,
    reason: 'proxy',
    says: /The proxy refuses to connect to 127\.0\.0\.1:\d+ \(HTTP 407/,
  },
  {
    name: 'the proxy finds no way',
    arrange: proxy({ refuseWith: 502 }),
    exit: 21,
    reason: 'outage',
    says: /was unreachable for \d+ s \(.*502.*\)\./,
  },
];

describe.concurrent('a run stops, and nothing is failed, where', () => {
  it.each(table)('$name: $exit, $reason', async ({ arrange, exit, reason, says, isPerhaps = false }) => {
    const scene = await setScene({ pairs });
    const env = await arrange(scene);

    const { exitCode, stdout, stderr } = await scene.run(words, { env });

    expect(exitCode, stderr).toBe(exit);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(says);
    expect(scene.disagreements('run')).toEqual([]);
    const { json } = readReport(join(scene.cwd, 'run'));
    expect(json.run).toMatchObject({ status: 'stopped', reason, exitCode: exit });
    expect(json.reasons['not-attempted']).toEqual({ [reason]: json.counts['not-attempted'] });
    expect([json.counts.removed, json.counts.failed]).toEqual([0, 0]);
    // The last probe may be cut by the stop itself.
    if (isPerhaps) expect(json.perhapsRemoved).toBeGreaterThan(0);
    else expect(json.perhapsRemoved).toBeLessThanOrEqual(1);
  });
});

describe('a run that meets nothing but redirects, as to a sign-in page', () => {
  it('stops as at a wrong address: 23, and what was redirected is failed', async () => {
    const scene = await setScene({ pairs });
    await everyAnswer({ kind: 'answer', status: 302, headers: { location: '/login' } })(scene);

    const { exitCode, stdout } = await scene.run(words);

    expect(exitCode).toBe(23);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/is not the Paradigm API \(HTTP 302\)\. Check --base-url/);
    expect(scene.disagreements('run')).toEqual([]);
    const { json } = readReport(join(scene.cwd, 'run'));
    expect(json.reasons.failed).toEqual({ redirect: json.counts.failed });
    expect(json.reasons['not-attempted']).toEqual({ 'unrecognised-answer': 150 - json.counts.failed });
  });
});

describe.concurrent('what mends it', () => {
  it('is NODE_EXTRA_CA_CERTS where a private authority made the certificate', async () => {
    const certificate = makeThrowAwayCertificate();
    const server = await startTruthServer({ members: pairs, tls: certificate });
    closers.push(server.close);
    const scene = await setScene({ pairs });
    const file = join(scene.cwd, 'ca.pem');
    writeFileSync(file, certificate.cert);

    const env = { OFFBOARD_BASE_URL: server.url, NODE_EXTRA_CA_CERTS: file };
    const { exitCode, stderr } = await scene.run(words, { env });

    expect(exitCode, stderr).toBe(0);
    expect(scene.disagreements('run', server)).toEqual([]);
  });

  it("is the proxy's password in HTTP_PROXY", async () => {
    const scene = await setScene({ pairs });
    const env = await proxy({ credentials: 'it:proxy-pass-81' }, 'it:proxy-pass-81@')(scene);

    const { exitCode, stderr } = await scene.run(words, { env });

    expect(exitCode, stderr).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
  });
});
