import { visibleText } from '../plan/visible-text.ts';
import { nearestName } from './nearest-name.ts';

/** One of the places that options come from, and how names are written there. */
export interface NameForm {
  /** `flag`, `environment`, `job file x.yaml, key`. */
  readonly place: string;
  /** The options' names in kebab-case. */
  readonly names: readonly string[];
  /** An option's name as it is written there. */
  write(name: string): string;
}

/**
 * Says that `written` is no option, and which one was meant; `name` is what of it could be an option's name. Its value
 * is never shown: it may be a key.
 */
export function unknownName(written: string, name: string, { place, names, write }: NameForm): string {
  const nearest = nearestName(name, names);
  const unknown = `${place} ${visibleText(written, 60)} is unknown`;
  if (nearest !== undefined) return `${unknown}; did you mean ${write(nearest)}?`;
  if (!/key|token|secret|passw/i.test(name)) return unknown;
  return `${unknown}; the API key comes from a file (--api-key-file) or from PARADIGM_API_KEY, and from nowhere else`;
}
