/** How fast things went lately. */
export interface Speed {
  readonly requestsPerSecond: number;
  readonly removalsPerSecond: number;
}

/** How much was done by an instant. */
interface Sample {
  readonly at: number;
  readonly sent: number;
  readonly done: number;
}

/** Measures over the last `windowMs`, or since the sample before that where samples are further apart. */
export function createRecentSpeed(windowMs: number): { add(sample: Sample): Speed } {
  const samples: Sample[] = [];
  return {
    add(sample) {
      samples.push(sample);
      while (samples[1] !== undefined && samples[1].at <= sample.at - windowMs && samples.length > 2)
        samples.shift();
      const oldest = samples[0] ?? sample;
      const seconds = (sample.at - oldest.at) / 1_000;
      const perSecond = (amount: number) => (seconds > 0 ? amount / seconds : 0);
      return {
        requestsPerSecond: perSecond(sample.sent - oldest.sent),
        removalsPerSecond: perSecond(sample.done - oldest.done),
      };
    },
  };
}
