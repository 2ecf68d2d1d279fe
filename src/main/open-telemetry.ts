import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span as SdkSpan,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { messageOf } from '../lib/errors.ts';
import type { Span, SpanOptions, Tracer } from '../lib/tracing.ts';

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

/** What the service is called where nothing else is said. */
const SERVICE = 'tidewire';

/** Spans by the official packages, which read where to send them, whether and how many, in the environment. Loaded only where it is asked for. */
export function openTelemetry(): { readonly tracer: Tracer; readonly stop: () => Promise<void> } {
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': SERVICE, 'process.pid': process.pid }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  const made = trace.getTracer(SERVICE);
  return {
    tracer: {
      begin: (name, { kind = 'internal', attributes = {}, parent }: SpanOptions) => {
        const around = parent === undefined ? context.active() : contextOf(parent);
        return spanOf(made.startSpan(name, { kind: KINDS[kind], attributes }, around), around);
      },
      get current() {
        const span = trace.getActiveSpan();
        if (!span?.isRecording()) return null;
        return { traceId: span.spanContext().traceId, traceparent: traceparentIn(context.active()) ?? '' };
      },
    },
    stop: () => provider.shutdown(),
  };
}

function contextOf(traceparent: string | null): Context {
  return traceparent === null ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent });
}

function traceparentIn(inside: Context): string | null {
  const carrier: { traceparent?: string } = {};
  propagation.inject(inside, carrier);
  return carrier.traceparent ?? null;
}

function spanOf(span: SdkSpan, around: Context): Span {
  const inside = trace.setSpan(around, span);
  let ended = false;
  return {
    traceparent: traceparentIn(inside),
    run: (work) => context.with(inside, work),
    set: (attributes) => void span.setAttributes(attributes),
    rename: (name) => void span.updateName(name),
    fail: (error) => {
      span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
      span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown');
    },
    end: () => {
      if (!ended) span.end();
      ended = true;
    },
  };
}
