/**
 * A workspace or user id: 1 to 16 ASCII digits, white space around them ignored, from 1 to 9007199254740991 (what a
 * number holds exactly). Undefined for everything else: a guess would take the wrong person out.
 */
export function parseId(text: string): number | undefined {
  const digits = text.trim();
  if (!asciiDigits.test(digits)) return undefined;
  const id = Number(digits);
  return id >= 1 && id <= Number.MAX_SAFE_INTEGER ? id : undefined;
}

const asciiDigits = /^[0-9]{1,16}$/;
