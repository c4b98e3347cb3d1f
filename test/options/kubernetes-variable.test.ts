import { describe, expect, it } from 'vitest';
import { isKubernetesVariable } from '../../src/options/kubernetes-variable.ts';
import { variableName } from '../../src/options/read-environment.ts';
import { runOptionTable } from '../../src/options/run-option-table.ts';
import { slipped } from './slipped.ts';

const names = Object.keys(runOptionTable);

describe('isKubernetesVariable', () => {
  it.each([
    'OFFBOARD_SERVICE_HOST',
    'OFFBOARD_SERVICE_PORT',
    'OFFBOARD_SERVICE_PORT_HTTP',
    'OFFBOARD_SERVICE_PORT_WEB_UI',
    'OFFBOARD_PORT',
    'OFFBOARD_PORT_443_TCP',
    'OFFBOARD_PORT_443_TCP_ADDR',
    'OFFBOARD_PORT_443_TCP_PORT',
    'OFFBOARD_PORT_443_TCP_PROTO',
    'OFFBOARD_PORT_53_UDP_ADDR',
    'OFFBOARD_API_SERVICE_HOST',
    'OFFBOARD_API_V2_SERVICE_PORT_HTTP',
    'OFFBOARD_MAX_REMOVALS_PORT_443_TCP_ADDR',
  ])('knows %s', (name) => {
    expect(isKubernetesVariable(name)).toBe(true);
  });

  it.each([
    'OFFBOARD_',
    'OFFBOARD_PORTS',
    'OFFBOARD_SUPPORT',
    'OFFBOARD_SERVICE',
    'OFFBOARD_SERVICE_HOSTS',
    'OFFBOARD_PORT_HTTP',
    'OFFBOARD_PORT_443',
    'OFFBOARD__PORT',
    'OFFBOARD_port',
    'XOFFBOARD_PORT',
    ...names.map(variableName),
  ])('knows that %s is none', (name) => {
    expect(isKubernetesVariable(name)).toBe(false);
  });

  it('swallows no option that is misspelt by one character', () => {
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ_0'];
    for (const name of names.map(variableName)) {
      for (let at = 'OFFBOARD_'.length; at < name.length; at += 1) {
        for (const letter of letters) {
          for (const kind of ['insert', 'delete', 'replace', 'swap'] as const) {
            expect(isKubernetesVariable(slipped(name, at, letter, kind))).toBe(false);
          }
        }
      }
    }
  });
});
