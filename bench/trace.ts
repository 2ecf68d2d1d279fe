/** An event of Chromium's trace; times in microseconds, `tdur` of the processor. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

export interface Work {
  /** Milliseconds by the clock, other processes' turns on the core among them. */
  readonly wall: number;
  /** Milliseconds of the processor. */
  readonly cpu: number;
}

export const KINDS = ['scripting', 'style', 'layout', 'garbage'] as const;
export type Kind = (typeof KINDS)[number];

export interface Frame extends Work {
  /** Of the processor, by what it was spent on: together as much as `cpu`. */
  readonly parts: Readonly<Record<Kind, number>>;
}

const FRAME = 'FireAnimationFrame';

/** What counts as scripting, and as style and layout; what one holds of another is counted once. */
const WORK: ReadonlyMap<string, Kind> = new Map([
  ...['EvaluateScript', 'FunctionCall', FRAME, 'TimerFire', 'RunMicrotasks', 'EventDispatch', 'ParseHTML'].map(
    (name) => [name, 'scripting'] as const,
  ),
  ...['MinorGC', 'MajorGC', 'V8.GCIncrementalMarking'].map((name) => [name, 'garbage'] as const),
  ['UpdateLayoutTree', 'style'],
  ['Layout', 'layout'],
]);
const TASK = new Set(['RunTask', 'ThreadControllerImpl::RunTask']);
/** Work of the page's main thread: of each frame, and of each task. */
export function judge(events: readonly TraceEvent[]): {
  readonly frames: readonly Frame[];
  readonly tasks: readonly Work[];
} {
  const mains = events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const ours = mains
    .map(({ pid, tid }) => events.filter((event) => event.pid === pid && event.tid === tid && event.ph === 'X'))
    .toSorted((a, b) => b.length - a.length)[0];
  if (!ours) throw new Error('the trace has no page in it');
  const sorted = ours.toSorted((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  const tasks = sorted
    .filter(({ name }) => TASK.has(name))
    .map(({ dur = 0, tdur = dur }) => ({ wall: dur / 1_000, cpu: tdur / 1_000 }));
  return { frames: framesOf(sorted), tasks };
}

function framesOf(sorted: readonly TraceEvent[]): readonly Frame[] {
  const begins = sorted.filter(({ name }) => name === FRAME).map(({ ts }) => ts);
  const frames = begins.map(() => ({ wall: 0, cpu: 0, parts: { scripting: 0, style: 0, layout: 0, garbage: 0 } }));
  /** What the event that is looked at lies within, the outermost first. */
  const around: { readonly kind: Kind; readonly end: number }[] = [];
  let at = 0;
  for (const { name, ts, dur = 0, tdur = dur } of sorted) {
    const kind = WORK.get(name);
    if (!kind) continue;
    // A frame begins with its callbacks; its layout, and what comes until the next one begins, is counted to it.
    while (at + 1 < begins.length && (begins[at + 1] ?? 0) <= ts) at += 1;
    const frame = frames[at];
    if (!frame || ts < (begins[at] ?? 0)) continue;
    while ((around.at(-1)?.end ?? Number.POSITIVE_INFINITY) <= ts) around.pop();
    const outer = around.at(-1);
    if (outer) frame.parts[outer.kind] -= tdur / 1_000;
    else {
      frame.wall += dur / 1_000;
      frame.cpu += tdur / 1_000;
    }
    frame.parts[kind] += tdur / 1_000;
    around.push({ kind, end: ts + dur });
  }
  return frames;
}
