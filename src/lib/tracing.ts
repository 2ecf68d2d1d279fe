/** What a span says of itself beyond its name, by the names of OpenTelemetry's semantic conventions. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  /** Left out: `internal`. */
  readonly kind?: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  readonly attributes?: Attributes;
  /** W3C `traceparent` of what it is part of, from elsewhere; null for a trace of its own. Left out: what runs now. */
  readonly parent?: string | null;
}

/** A piece of work whose beginning, end and belonging are told to a collector of traces. */
export interface Span {
  /** W3C `traceparent`, for what goes on elsewhere; null where nothing is traced. */
  readonly traceparent: string | null;
  /** What `work` does, also later, is part of it. */
  run<T>(work: () => T): T;
  set(attributes: Attributes): void;
  /** What it is has become known. */
  rename(name: string): void;
  /** It went wrong by our fault, or the world's. */
  fail(error: unknown): void;
  /** Ending twice is the same as once. */
  end(): void;
}

/** What makes spans. */
export interface Tracer {
  begin(name: string, options: SpanOptions): Span;
  /** The span that runs now, if it has not ended: what a finished piece of work has left running is no part of it. */
  readonly current: { readonly traceId: string; readonly traceparent: string } | null;
}

/** Of what nobody traces. */
export const UNTRACED: Span = {
  traceparent: null,
  run: (work) => work(),
  set: () => undefined,
  rename: () => undefined,
  fail: () => undefined,
  end: () => undefined,
};

/** Of the whole process, as its standard output is: null where nobody asked for traces, and then all of this costs a comparison. */
let tracer: Tracer | null = null;

export function traceBy(used: Tracer | null): void {
  tracer = used;
}

export function isTracing(): boolean {
  return tracer !== null;
}

/** The id of the trace that what runs now is part of. */
export function currentTraceId(): string | null {
  return tracer?.current?.traceId ?? null;
}

/** W3C `traceparent` of what runs now, to be stored with what somebody else does later; null where nothing is traced. */
export function currentTraceparent(): string | null {
  return tracer?.current?.traceparent ?? null;
}

/** A span that the caller ends. */
export function beginSpan(name: string, options: SpanOptions): Span {
  return tracer ? tracer.begin(name, options) : UNTRACED;
}

/** A span around `work`, until that has ended. */
export function traced<T>(name: string, options: SpanOptions, work: (span: Span) => T): T {
  return tracer ? within(tracer.begin(name, options), work) : work(UNTRACED);
}

/** The same for what is told only as a part of something larger: a statement, a command. What a process does by itself makes no traces. */
export function tracedWithin<T>(name: string, options: SpanOptions, work: () => T): T {
  return tracer?.current ? within(tracer.begin(name, options), work) : work();
}

/** Does `work` as what a span tells of, and ends it with that. */
export function within<T>(span: Span, work: (span: Span) => T): T {
  let result: T;
  try {
    result = span.run(() => work(span));
  } catch (error) {
    span.fail(error);
    span.end();
    throw error;
  }
  if (!(result instanceof Promise)) {
    span.end();
    return result;
  }
  // Observed beside it, not in its place: what comes of it is the caller's.
  result.then(
    () => span.end(),
    (error: unknown) => {
      span.fail(error);
      span.end();
    },
  );
  return result;
}
