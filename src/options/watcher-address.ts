import type { RunOptions } from './run-options.ts';

/** What tells this job's metrics from those of other jobs: its job file's name without the extension, and its shard. */
export function jobLabels({
  config,
  shard,
}: Pick<RunOptions, 'config' | 'shard'>): Readonly<Record<string, string>> {
  const [, name = ''] = /([^/\\]*?)(?:\.[^./\\]*)?$/.exec(config ?? '') ?? [];
  return {
    ...(name === '' ? {} : { job_file: name }),
    ...(shard === undefined ? {} : { shard: `${shard.index}/${shard.count}` }),
  };
}

/**
 * Where a Pushgateway takes the metrics of a group (prometheus/pushgateway, README): `…/metrics/job/offboard` and the labels.
 * An address that names a job already is taken as it is; one that ends in `/metrics` is the gateway's own page, and means the same.
 */
export function pushAddress(pushgateway: string, labels: Readonly<Record<string, string>>): URL {
  const url = new URL(pushgateway);
  const path = url.pathname.replace(/\/+$/, '');
  const hasJob = /\/metrics\/job(@base64)?\/[^/]/.test(path);
  const base = hasJob ? path : path.replace(/\/metrics$/, '');
  const group = Object.entries(labels).map(([name, text]) => `/${name}@base64/${base64Url(text)}`);
  url.pathname = `${base}${hasJob ? '' : '/metrics/job/offboard'}${group.join('')}`;
  return url;
}

function base64Url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}
