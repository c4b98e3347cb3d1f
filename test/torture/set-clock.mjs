// node --import <this file>: the wall clock is off by CLOCK_SHIFT_MS from the beginning, or, where CLOCK_SHIFT_LATER is set,
// from the first SIGUSR2 on. The monotonic clock is left alone.
let shiftMs = Number(process.env['CLOCK_SHIFT_MS'] ?? 0);
if (process.env['CLOCK_SHIFT_LATER'] !== undefined) {
  const later = shiftMs;
  shiftMs = 0;
  process.on('SIGUSR2', () => {
    shiftMs = later;
  });
}

const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...words) {
    if (words.length === 0) super(RealDate.now() + shiftMs);
    else super(...words);
  }

  static now() {
    return RealDate.now() + shiftMs;
  }
};
