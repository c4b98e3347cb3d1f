import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CronJob, Job } from 'kubernetes-models/batch/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { ConfigMap, PersistentVolumeClaim, Pod, ServiceAccount } from 'kubernetes-models/v1';
import { parseAllDocuments } from 'yaml';

/** One object of Kubernetes', as `kubectl kustomize` writes it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [key: string]: unknown };
  // biome-ignore lint/suspicious/noExplicitAny: its form is what the tests look at
  readonly [key: string]: any;
}

export const kubernetesFolder = fileURLToPath(new URL('../../jobs/kubernetes', import.meta.url));

/** What `kubectl kustomize` makes of a folder below jobs/kubernetes, or below a copy of that. */
export function buildManifests(folder: string, root = kubernetesFolder): readonly Manifest[] {
  const path = join(root, folder);
  const text = execFileSync('kubectl', ['kustomize', path], { encoding: 'utf8' });
  return parseAllDocuments(text, { uniqueKeys: true }).map((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0];
    return document.toJS() as Manifest;
  });
}

const models: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  'batch/v1 CronJob': CronJob,
  'batch/v1 Job': Job,
  'v1 ConfigMap': ConfigMap,
  'v1 PersistentVolumeClaim': PersistentVolumeClaim,
  'v1 Pod': Pod,
  'v1 ServiceAccount': ServiceAccount,
  'networking.k8s.io/v1 NetworkPolicy': NetworkPolicy,
};

/** Those that any of these kinds has. */
const topmost = ['apiVersion', 'kind', 'metadata', 'spec', 'data', 'automountServiceAccountToken'];

/** What Kubernetes would refuse or pass over: fields that are missing, of a wrong type, or that it does not know. */
export function problemsOf(manifest: Manifest): readonly string[] {
  const name = `${manifest.apiVersion} ${manifest.kind}`;
  const Model = models[name];
  if (Model === undefined) return [`no schema for ${name}`];
  const unread = new Set<string>();
  const problems = Object.keys(manifest)
    .filter((key) => !topmost.includes(key))
    .map((key) => `unknown field /${key}`);
  try {
    const model = new Model(manifest as never);
    // It has copied what it was given, and reads the copy: that is what has to be watched.
    Object.assign(model, watched(structuredClone(manifest), '', unread));
    model.validate();
  } catch (error) {
    problems.push((error as Error).message);
  }
  // Labels, annotations and data are maps of free keys, which no validator reads by name.
  const isFree = (path: string) =>
    /\/(labels|annotations|data|matchLabels|limits|requests|nodeSelector)\//.test(path);
  return [...problems, ...[...unread].filter((path) => !isFree(path)).map((path) => `unknown field ${path}`)];
}

/** The validators read every field they know: one that was never read is one that Kubernetes does not know. */
function watched<T extends object>(value: T, path: string, unread: Set<string>): T {
  if (!Array.isArray(value)) for (const key of Object.keys(value)) unread.add(`${path}/${key}`);
  const children = new Map<string, unknown>();
  return new Proxy(value, {
    get(target, key, receiver) {
      if (typeof key !== 'string' || !Object.hasOwn(target, key)) return Reflect.get(target, key, receiver);
      unread.delete(`${path}/${key}`);
      const child: unknown = Reflect.get(target, key, receiver);
      if (typeof child !== 'object' || child === null) return child;
      if (!children.has(key)) children.set(key, watched(child, `${path}/${key}`, unread));
      return children.get(key);
    },
  });
}
