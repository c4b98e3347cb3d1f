// node --import <this file>: as on a virtual machine that is paused: while the process is stopped (SIGSTOP) for more than three
// seconds, neither its clocks nor its longer timers move.
import { performance } from 'node:perf_hooks';

const gapMs = 3_000;
const pollMs = 100;
const { setTimeout: setRealTimeout, clearTimeout: clearRealTimeout, Date: RealDate } = globalThis;
const realNow = performance.now.bind(performance);
let lastSeen = realNow();
let frozenMs = 0;

function now() {
  const real = realNow();
  if (real - lastSeen > gapMs) frozenMs += real - lastSeen;
  lastSeen = real;
  return real - frozenMs;
}
setInterval(now, pollMs).unref();

performance.now = now;
globalThis.Date = class extends RealDate {
  constructor(...words) {
    if (words.length === 0) super(Date.now());
    else super(...words);
  }

  static now() {
    now();
    return RealDate.now() - frozenMs;
  }
};

/** A timer by the clock above: it looks again and again whether its time has come. */
class Timer {
  constructor(callback, delayMs, words) {
    const dueAt = now() + delayMs;
    const look = () => {
      if (now() >= dueAt) callback(...words);
      else this.next = setRealTimeout(look, pollMs);
      if (this.isUnref) this.next.unref();
    };
    this.next = setRealTimeout(look, pollMs);
  }

  unref() {
    this.isUnref = true;
    this.next.unref();
    return this;
  }
}

globalThis.setTimeout = (callback, delayMs = 0, ...words) =>
  delayMs < 1_500 ? setRealTimeout(callback, delayMs, ...words) : new Timer(callback, delayMs, words);
globalThis.clearTimeout = (timer) => clearRealTimeout(timer instanceof Timer ? timer.next : timer);
