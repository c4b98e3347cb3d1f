import { describe, expect, it } from 'vitest';
import {
  renderTerminationMessage,
  terminationMessageBytes,
} from '../../src/report/render-termination-message.ts';
import { sampleEnding } from './sample-ending.ts';

describe('the termination message', () => {
  it('is one line of JSON', () => {
    const line = renderTerminationMessage(sampleEnding());
    expect(line.split('\n')).toHaveLength(2);
    expect(JSON.parse(line)).toMatchObject({ exitCode: 0, reason: null, counts: { removed: 5 } });
  });

  it('keeps within what Kubernetes shows, whatever the folder is called', () => {
    for (const folder of ['é'.repeat(2_040), '\u0001'.repeat(700), 'x'.repeat(100_000)]) {
      const line = renderTerminationMessage(sampleEnding({ folder }));
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(terminationMessageBytes);
      expect(JSON.parse(line)).toMatchObject({ exitCode: 0, runFolder: null });
    }
    expect(JSON.parse(renderTerminationMessage(sampleEnding({ folder: 'é\n' }))).runFolder).toBe('é\n');
  });
});
