const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A span of milliseconds as people say it: `42 s`, `1 m 12 s`, `2 h 5 m`, `3 d 4 h`. Rounded up to whole seconds. */
export function timeWords(ms: number): string {
  const span = Math.ceil(Math.max(0, ms) / second) * second;
  if (span < minute) return `${span / second} s`;
  if (span < hour) return twoUnits(span, minute, 'm', second, 's');
  if (span < day) return twoUnits(span, hour, 'h', minute, 'm');
  return twoUnits(span, day, 'd', hour, 'h');
}

function twoUnits(span: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((span % large) / small);
  const whole = `${Math.floor(span / large)} ${largeName}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallName}`;
}
