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
  readonly rateLimitRemaining?: string;
  readonly rateLimitReset?: string;
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
