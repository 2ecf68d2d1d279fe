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

/** What counts as scripting, and as style and layout; what one holds of another is counted once. */
const WORK = new Set([
  ...['EvaluateScript', 'FunctionCall', 'FireAnimationFrame', 'TimerFire', 'RunMicrotasks', 'EventDispatch'],
  ...['MinorGC', 'MajorGC', 'V8.GCIncrementalMarking', 'UpdateLayoutTree', 'Layout', 'ParseHTML'],
]);
const TASK = new Set(['RunTask', 'ThreadControllerImpl::RunTask']);
const FRAME = 'FireAnimationFrame';

/** Work of the page's main thread: of each frame, and of each task. */
export function judge(events: readonly TraceEvent[]): {
  readonly frames: readonly Work[];
  readonly tasks: readonly Work[];
} {
  const mains = events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const ours = mains
    .map(({ pid, tid }) => events.filter((event) => event.pid === pid && event.tid === tid && event.ph === 'X'))
    .toSorted((a, b) => b.length - a.length)[0];
  if (!ours) throw new Error('the trace has no page in it');
  const sorted = ours.toSorted((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  const outer = outermost(sorted.filter(({ name }) => WORK.has(name)));
  const begins = sorted.filter(({ name }) => name === FRAME).map(({ ts }) => ts);
  const frames: { wall: number; cpu: number }[] = begins.map(() => ({ wall: 0, cpu: 0 }));
  let at = 0;
  for (const { ts, dur = 0, tdur = dur } of outer) {
    // A frame begins with its callbacks; its layout, and what comes until the next one begins, is counted to it.
    while (at + 1 < begins.length && (begins[at + 1] ?? 0) <= ts) at += 1;
    const frame = frames[at];
    if (!frame || ts < (begins[at] ?? 0)) continue;
    frame.wall += dur / 1_000;
    frame.cpu += tdur / 1_000;
  }
  const tasks = sorted
    .filter(({ name }) => TASK.has(name))
    .map(({ dur = 0, tdur = dur }) => ({ wall: dur / 1_000, cpu: tdur / 1_000 }));
  return { frames, tasks };
}

/** Those that lie within no other. */
function outermost(sorted: readonly TraceEvent[]): readonly TraceEvent[] {
  let end = 0;
  return sorted.filter(({ ts, dur = 0 }) => {
    if (ts < end) return false;
    end = ts + dur;
    return true;
  });
}
