/** What one attempt brought back, before anybody judges it. */
export type Reply = Response | LostConnection;

/** The server (or something in between) answered. */
export interface Response {
  readonly kind: 'response';
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: ReplyBody;
}

/** The headers that are looked at, as sent; absent ones are left out. */
export interface ReplyHeaders {
  readonly retryAfter?: string;
  readonly date?: string;
  /** X-RateLimit-Remaining and X-RateLimit-Reset: with them a 403 says that a limit is used up. */
  readonly rateLimitRemaining?: string;
  readonly rateLimitReset?: string;
  readonly limit?: LimitHeaders;
}

/** The headers by which a server states its limit, as sent. */
export interface LimitHeaders {
  /** RateLimit-Policy */
  readonly policy?: string | undefined;
  /** RateLimit */
  readonly current?: string | undefined;
  /** RateLimit-Limit, -Remaining and -Reset, or the same beginning with X-. */
  readonly limit?: string | undefined;
  readonly remaining?: string | undefined;
  readonly reset?: string | undefined;
}

/** Bodies are read up to 64 KiB. */
export type ReplyBody =
  | { readonly kind: 'empty' }
  | { readonly kind: 'json'; readonly error?: string; readonly detail?: string; readonly hasError: boolean }
  /** HTML, plain text, a bare JSON word or number: not the API's. */
  | { readonly kind: 'other' }
  | { readonly kind: 'too-long' }
  /** Broke off, or had not ended within the attempt's time. */
  | { readonly kind: 'broken' };

/** No answer: the code says how the connection was lost. */
export interface LostConnection {
  readonly kind: 'lost';
  readonly because: LostBecause;
  /** The system's or the client's code, e.g. ECONNRESET, for people. */
  readonly code: string;
  /** Whether the request may have reached the server: only then can the API have acted on it. */
  readonly mayHaveArrived: boolean;
}

export type LostBecause =
  | 'connection-refused'
  | 'connection-lost'
  | 'timeout'
  | 'host-unknown'
  | 'dns-failure'
  | 'tls'
  | 'not-http'
  | 'proxy'
  | 'aborted';
