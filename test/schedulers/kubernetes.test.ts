import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/exit-code.ts';
import { readRunOptions } from '../../src/options/read-run-options.ts';
import type { RunOptions } from '../../src/options/run-options.ts';
import { buildManifests, kubernetesFolder, type Manifest, problemsOf } from '../support/manifests.ts';

const folders = ['base', 'one-off', 'indexed', 'example', 'volume-shell'] as const;
const built = new Map(folders.map((folder) => [folder, buildManifests(folder)]));
/** Those that run the job itself. */
const runs = ['base', 'one-off', 'indexed', 'example'] as const;

type Folder = (typeof folders)[number];

/** The only one of this kind, or the one whose name begins so. */
function find(folder: Folder, kind: string, name = ''): Manifest {
  const found = built
    .get(folder)
    ?.find((manifest) => manifest.kind === kind && manifest.metadata.name.startsWith(name));
  if (found === undefined) throw new Error(`${folder} has no ${kind}`);
  return found;
}

/** Of the Job that runs `offboard run`. */
function jobSpecOf(folder: Folder) {
  const cronJob = built.get(folder)?.find(({ kind }) => kind === 'CronJob');
  if (cronJob !== undefined) return cronJob['spec'].jobTemplate.spec;
  return find(folder, 'Job', folder === 'indexed' ? 'offboard-shards' : '')['spec'];
}

function podSpecOf(folder: Folder) {
  return jobSpecOf(folder).template.spec;
}

interface Pod {
  readonly labels: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: its form is what the tests look at
  readonly spec: any;
}

/** Every pod that comes of the folder, whatever makes it. */
function podsOf(folder: Folder): readonly Pod[] {
  return (built.get(folder) ?? []).flatMap(({ kind, metadata, spec }) => {
    if (kind === 'Pod') return [{ labels: metadata['labels'] as Pod['labels'], spec }];
    const template =
      kind === 'Job' ? spec.template : kind === 'CronJob' ? spec.jobTemplate.spec.template : undefined;
    return template === undefined ? [] : [{ labels: template.metadata.labels, spec: template.spec }];
  });
}

function optionsOf(folder: Folder): Promise<RunOptions> {
  const jobFile = built.get(folder)?.find(({ metadata }) => metadata.name.startsWith('offboard-job'));
  const [container] = podSpecOf(folder).containers;
  const words = (container.args as string[]).slice(1);
  const readText = (path: string) => Promise.resolve(jobFile?.['data'][basename(path)] as string);
  const environment = Object.fromEntries(
    (container.env ?? []).flatMap(({ name, value }: { name: string; value?: string }) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
  return readRunOptions('run', words, {
    environment: { ...environment, JOB_COMPLETION_INDEX: '0' },
    readText,
  });
}

/** What a Job does about a pod that failed (kubernetes/api, batch/v1, PodFailurePolicy): the first rule that fits. */
function actionOn(folder: Folder, exitCode: number, isDisrupted = false): string {
  const { rules } = jobSpecOf(folder).podFailurePolicy;
  for (const { action, onExitCodes, onPodConditions } of rules) {
    if (onPodConditions !== undefined) {
      if (isDisrupted) return action;
    } else if (onExitCodes.operator !== 'In') throw new Error('only In is understood here');
    else if (exitCode !== 0 && onExitCodes.values.includes(exitCode)) return action;
  }
  return 'Count';
}

/** How long a Job waits before a retry, counted from 0: 10 s doubled each time, 6 minutes at most. */
function retrySeconds(retry: number): number {
  return Math.min(360, 10 * 2 ** retry);
}

describe.each(folders)('jobs/kubernetes/%s', (folder) => {
  it('is what Kubernetes takes, each field known and in its place', () => {
    for (const manifest of built.get(folder) ?? []) expect(problemsOf(manifest), manifest.kind).toEqual([]);
  });

  it('runs without rights it does not need, as Pod Security "restricted" asks for, and without variables it did not ask for', () => {
    const pods = podsOf(folder);
    expect(pods.length).toBe(folder === 'indexed' ? 2 : 1);
    for (const { spec: pod } of pods) {
      expect(pod).toMatchObject({
        restartPolicy: 'Never',
        enableServiceLinks: false,
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      });
      for (const container of [...pod.containers, ...(pod.initContainers ?? [])]) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(container.resources.limits).toHaveProperty('memory');
      }
      for (const volume of pod.volumes)
        expect(['configMap', 'secret', 'persistentVolumeClaim', 'emptyDir']).toContain(
          Object.keys(volume).find((key) => key !== 'name'),
        );
    }
  });

  it('lets nothing in, and has a network policy for its own pods and no others', () => {
    const { podSelector, ingress, policyTypes } = find(folder, 'NetworkPolicy')['spec'];
    expect({ ingress, policyTypes }).toEqual({ ingress: [], policyTypes: ['Ingress', 'Egress'] });
    const isMeant = ({ labels }: Pod) =>
      Object.entries(podSelector.matchLabels).every(([name, value]) => labels[name] === value);
    for (const pod of podsOf(folder)) expect(isMeant(pod), JSON.stringify(pod.labels)).toBe(true);
    // The example is the base, filled in.
    const own: readonly Folder[] = folder === 'base' || folder === 'example' ? ['base', 'example'] : [folder];
    for (const other of folders.filter((candidate) => !own.includes(candidate)))
      for (const pod of podsOf(other)) expect(isMeant(pod), other).toBe(false);
  });

  it('mounts what it names', () => {
    for (const { spec: pod } of podsOf(folder)) expectMounts(folder, pod);
  });
});

function expectMounts(folder: Folder, pod: Pod['spec']): void {
  const names = pod.volumes.map(({ name }: { name: string }) => name);
  for (const { volumeMounts } of [...pod.containers, ...(pod.initContainers ?? [])])
    for (const { name } of volumeMounts) expect(names).toContain(name);
  const made = (built.get(folder) ?? []).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  for (const { configMap, persistentVolumeClaim } of pod.volumes) {
    if (configMap !== undefined) expect(made).toContain(`ConfigMap ${configMap.name}`);
    // The volume shell's claim is another folder's.
    if (persistentVolumeClaim !== undefined && folder !== 'volume-shell')
      expect(made).toContain(`PersistentVolumeClaim ${persistentVolumeClaim.claimName}`);
  }
}

describe.each(runs)('the Job of jobs/kubernetes/%s', (folder) => {
  it('asks for a replacement only once a pod has ended, and leaves a pod that was evicted out of the count', () => {
    const { podReplacementPolicy, podFailurePolicy } = jobSpecOf(folder);
    expect(podReplacementPolicy).toBe('Failed');
    expect(podFailurePolicy.rules[0].action).toBe('Ignore');
    for (const code of [1, 20, 21, 137, 143]) expect(actionOn(folder, code, true)).toBe('Ignore');
    for (const { onExitCodes } of podFailurePolicy.rules.slice(1)) {
      expect(onExitCodes.containerName).toBe('offboard');
      expect(onExitCodes.values).toEqual(
        [...new Set(onExitCodes.values)].sort((a, b) => Number(a) - Number(b)),
      );
    }
  });
});

describe.each(runs)('a run in jobs/kubernetes/%s', (folder) => {
  const perIndex = folder === 'indexed';

  it.each([...Object.values(exitCodes).map(({ code }) => code as number), 137, 143, 139, 99])(
    'ends with %i, and the Job does what jobs/README.md says',
    (code) => {
      const again = [0, 21, 24, 137, 143, 139, 99];
      const expected = again.includes(code) ? 'Count' : code === 20 && perIndex ? 'FailIndex' : 'FailJob';
      expect(actionOn(folder, code)).toBe(expected);
    },
  );

  it('has time to end before Kubernetes ends it', async () => {
    const { graceMs, maxDurationMs = Number.POSITIVE_INFINITY } = await optionsOf(folder);
    const { backoffLimit, backoffLimitPerIndex, activeDeadlineSeconds } = jobSpecOf(folder);
    const { terminationGracePeriodSeconds } = podSpecOf(folder);
    // Telling who watches takes 10 s at most, and the report of a million records 8 s of a quick core.
    expect(terminationGracePeriodSeconds * 1_000).toBeGreaterThanOrEqual(graceMs + 10_000 + 25_000);
    const tries = Array.from({ length: backoffLimitPerIndex ?? backoffLimit }, (_, retry) =>
      retrySeconds(retry),
    );
    const waitSeconds = tries.reduce((sum, seconds) => sum + seconds, 0);
    expect(waitSeconds).toBe(1_350);
    expect(activeDeadlineSeconds).toBeGreaterThan(
      (3 * maxDurationMs) / 1_000 + waitSeconds + terminationGracePeriodSeconds,
    );
  });

  it('is tried again for longer than a killed pod’s lock is held', () => {
    let triesUntilFree = 0;
    for (let waited = 0; waited <= 60; triesUntilFree += 1) waited += retrySeconds(triesUntilFree);
    const { backoffLimit, backoffLimitPerIndex } = jobSpecOf(folder);
    // The kill itself is counted as well; two of them are outlasted.
    expect(backoffLimitPerIndex ?? backoffLimit).toBeGreaterThanOrEqual(2 * (1 + triesUntilFree));
  });

  it('finds what it names on its volumes, and keeps its run folders where they outlive the pod', async () => {
    const { input, apiKeyFile, runsFolder, out, yes, logFormat } = await optionsOf(folder);
    const [container] = podSpecOf(folder).containers;
    const mounts: { mountPath: string; name: string }[] = container.volumeMounts;
    const mountOf = (path: string) => mounts.find(({ mountPath }) => path.startsWith(`${mountPath}/`))?.name;
    expect(mountOf(input)).toBe(folder === 'one-off' ? 'list' : 'data');
    expect(mountOf(apiKeyFile ?? '')).toBe('api-key');
    expect(mountOf(container.args.find((word: string) => word.endsWith('.yaml')))).toBe('job-file');
    expect(mountOf(out ?? runsFolder)).toBe('data');
    expect({ yes, logFormat }).toEqual({ yes: true, logFormat: 'json' });
  });
});

/** A Job without what is its own: its names, its words, the list that is mounted beside the volume. */
function common(folder: Folder) {
  const { podFailurePolicy: _, ...job } = structuredClone(jobSpecOf(folder));
  const { spec } = job.template;
  const shared = ({ name }: { name: string }) => name !== 'list';
  const [{ args: _args, env: _env, image: _image, volumeMounts, ...container }] = spec.containers;
  spec.containers = [{ ...container, volumeMounts: volumeMounts.filter(shared) }];
  spec.volumes = spec.volumes.filter(shared).map(({ name }: { name: string }) => name);
  return { ...job, template: { ...spec, serviceAccountName: '' } };
}

describe('the three copies of a Job', () => {
  it('differ only in what is their own', () => {
    const nightly = common('base');
    expect(nightly).toHaveProperty('template.containers.0.resources.limits.memory');
    expect(common('one-off')).toEqual(nightly);
    const { backoffLimit, ...others } = nightly;
    expect(common('indexed')).toEqual({
      ...others,
      backoffLimitPerIndex: backoffLimit,
      completionMode: 'Indexed',
      completions: 4,
      parallelism: 4,
      suspend: true,
    });
  });
});

describe('the example', () => {
  /** The nightly run of a copy of it in which one file was edited. */
  function edited(file: string, edit: (text: string) => string) {
    const root = mkdtempSync(join(tmpdir(), 'offboard-kubernetes-'));
    cpSync(kubernetesFolder, root, { recursive: true });
    const path = join(root, 'example', file);
    const text = readFileSync(path, 'utf8');
    expect(edit(text)).not.toBe(text);
    writeFileSync(path, edit(text));
    const manifests = buildManifests('example', root);
    rmSync(root, { recursive: true });
    for (const manifest of manifests) expect(problemsOf(manifest), manifest.kind).toEqual([]);
    return manifests.find(({ kind }) => kind === 'CronJob')?.['spec'].jobTemplate.spec.template.spec;
  }

  it('takes what it shows as a comment as it stands there', () => {
    const commented =
      /^( +)# (?=- name: [A-Z_]+$| {2}value: |volumeMounts:| {2}- |volumes:| {4}configMap:)/gm;
    const { containers, volumes } = edited('watchers.yaml', (text) => text.replace(commented, '$1'));
    const [{ env, volumeMounts }] = containers;
    const names = (named: readonly { name: string }[]) => named.map(({ name }) => name);
    expect(names(env)).toEqual(
      expect.arrayContaining([
        'HTTPS_PROXY',
        'NO_PROXY',
        'NODE_EXTRA_CA_CERTS',
        'OFFBOARD_PUSHGATEWAY',
        'JOB_UID',
      ]),
    );
    expect(names(volumeMounts)).toContain('instance-ca');
    expect(names(volumes)).toContain('instance-ca');
  });

  it('reads the list on the volume where none is fetched', async () => {
    const pod = edited('kustomization.yaml', (text) => text.replace('  - path: fetch-list.yaml\n', ''));
    expect(pod).not.toHaveProperty('initContainers');
    expect(pod.containers[0].args).toEqual(podSpecOf('base').containers[0].args);
    const jobFile = find('example', 'ConfigMap')['data']['nightly.yaml'] as string;
    const readText = () => Promise.resolve(jobFile);
    const words = ['--config', '/etc/offboard/nightly.yaml'];
    expect((await readRunOptions('run', words, { environment: {}, readText })).input).toBe(
      '/data/leavers.csv',
    );
  });
});

describe('the sweep', () => {
  it('has a list that nobody is on', () => {
    expect(find('one-off', 'ConfigMap', 'offboard-list')['data']).toEqual({
      'leavers.csv': 'workspace_id,user_id\n',
    });
  });
});

describe('the check itself', () => {
  it.each([
    { name: 'an unknown field', spoil: { podFailurePolcy: {} } },
    { name: 'a field in a wrong place', spoil: { restartPolicy: 'Never' } },
    { name: 'a number as a text', spoil: { backoffLimit: '6' } },
    { name: 'a missing field', spoil: { template: undefined } },
    { name: 'an action that is none', spoil: { podFailurePolicy: { rules: [{ action: 'Retry' }] } } },
  ])('finds $name', ({ spoil }) => {
    const job = find('one-off', 'Job');
    expect(problemsOf({ ...job, spec: { ...job['spec'], ...spoil } })).not.toEqual([]);
  });
});

describe('the nightly run', () => {
  it('is one at a time, at an hour that has a time zone', () => {
    for (const folder of ['base', 'example'] as const) {
      const { concurrencyPolicy, startingDeadlineSeconds, timeZone, schedule } = find(folder, 'CronJob')[
        'spec'
      ];
      expect(concurrencyPolicy).toBe('Forbid');
      expect(startingDeadlineSeconds).toBeGreaterThanOrEqual(60);
      expect(timeZone).toMatch(/^[A-Z][a-z]+\/[A-Z][a-z]+$/);
      expect(schedule).toMatch(/^[\d*,/-]+( [\d*,/-]+){4}$/);
    }
  });

  it('has its list fetched once a Job in the example, before the run reads it', () => {
    const { initContainers, containers } = podSpecOf('example');
    expect(initContainers).toHaveLength(1);
    expect(initContainers[0].args[0]).toContain('list=/data/lists/$JOB_UID.csv');
    expect(containers[0].args[1]).toBe('/data/lists/$(JOB_UID).csv');
  });
});

describe('the shards', () => {
  it('are as many everywhere', async () => {
    const { completionMode, completions, parallelism } = jobSpecOf('indexed');
    expect({ completionMode, parallelism }).toEqual({ completionMode: 'Indexed', parallelism: completions });
    expect((await optionsOf('indexed')).shard).toEqual({ index: 1, count: completions });
    const [{ args }] = find('indexed', 'Job', 'offboard-merge')['spec'].template.spec.containers;
    expect(args).toEqual([
      'report',
      ...Array.from({ length: completions }, (_, index) => `/data/shards/${index}`),
      '--out',
      '/data/merged',
    ]);
  });

  it('share a volume that more than one pod may write to', () => {
    expect(find('indexed', 'PersistentVolumeClaim')['spec'].accessModes).toEqual(['ReadWriteMany']);
  });

  it('and what merges them wait to be told', () => {
    for (const name of ['offboard-shards', 'offboard-merge-shards'])
      expect(find('indexed', 'Job', name)['spec'].suspend).toBe(true);
  });

  it('are merged by a Job that is tried again while one of them is still at work', () => {
    const { backoffLimit, podFailurePolicy } = find('indexed', 'Job', 'offboard-merge')['spec'];
    expect(backoffLimit).toBe(6);
    const [{ action }, { onExitCodes }] = podFailurePolicy.rules;
    expect(action).toBe('Ignore');
    expect(onExitCodes.values).toEqual([1, 2, 25]);
  });
});
