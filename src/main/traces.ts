import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { traceBy } from '../lib/tracing.ts';

/** Longest wait for a collector that does not take the last spans, milliseconds: a process that ends must end. */
const LAST_SPANS_MS = 1_000;

/**
 * Has this process traced, where the environment asks for it as OpenTelemetry's own packages are asked: by an endpoint, and by nothing that
 * speaks against it. Nothing of them is loaded otherwise.
 * @returns sends what waits, and ends it.
 */
export async function startTraces(environment: NodeJS.ProcessEnv, log: Log): Promise<() => Promise<void>> {
  const endpoint =
    environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || environment['OTEL_EXPORTER_OTLP_ENDPOINT'] || null;
  const disabled = environment['OTEL_SDK_DISABLED']?.toLowerCase() === 'true';
  if (endpoint === null || disabled || environment['OTEL_TRACES_EXPORTER'] === 'none') return async () => undefined;
  const { openTelemetry } = await import('./open-telemetry.ts');
  const { tracer, stop } = openTelemetry();
  traceBy(tracer);
  log.info({ sampler: environment['OTEL_TRACES_SAMPLER'] ?? 'parentbased_always_on' }, 'traces are sent');
  return async () => {
    traceBy(null);
    const late = new Promise<void>((resolve) => setTimeout(resolve, LAST_SPANS_MS).unref());
    await Promise.race([stop(), late]).catch((error: unknown) =>
      log.warn({ reason: messageOf(error) }, 'the last spans were not sent'),
    );
  };
}
