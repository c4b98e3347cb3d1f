import { describe, expect, it } from 'vitest';
import { jobLabels, pushAddress } from '../../src/options/watcher-address.ts';

describe('the labels of a job', () => {
  it.each([
    { config: undefined, labels: {} },
    { config: '/etc/offboard/leavers.yaml', labels: { job_file: 'leavers' } },
    { config: 'leavers.eu.json', labels: { job_file: 'leavers.eu' } },
    { config: '../jobs.d/leavers', labels: { job_file: 'leavers' } },
    { config: '.yaml', labels: {} },
  ])('are those of its job file: $config', ({ config, labels }) => {
    expect(jobLabels({ config, shard: undefined })).toEqual(labels);
  });

  it('tell its shards apart', () => {
    expect(jobLabels({ config: 'a.yaml', shard: { index: 2, count: 4 } })).toEqual({
      job_file: 'a',
      shard: '2/4',
    });
  });
});

describe('the address of a group', () => {
  it.each([
    { gateway: 'http://push:9091', labels: {}, address: 'http://push:9091/metrics/job/offboard' },
    {
      gateway: 'http://push:9091/prefix/',
      labels: {},
      address: 'http://push:9091/prefix/metrics/job/offboard',
    },
    {
      gateway: 'http://push:9091/metrics/',
      labels: {},
      address: 'http://push:9091/metrics/job/offboard',
    },
    { gateway: 'http://push:9091/metrics/job/hr', labels: {}, address: 'http://push:9091/metrics/job/hr' },
    {
      gateway: 'http://push:9091',
      labels: { job_file: 'é?', shard: '2/4' },
      address: 'http://push:9091/metrics/job/offboard/job_file@base64/w6k_/shard@base64/Mi80',
    },
  ])('is $address', ({ gateway, labels, address }) => {
    expect(pushAddress(gateway, labels).href).toBe(address);
  });
});
