/** From and to, in minutes since midnight; to is exclusive. */
type Span = readonly [from: number, to: number];

/** When an exchange trades, in its own time. */
export interface Schedule {
  readonly timeZone: string;
  /** Monday first. */
  readonly week: readonly (readonly Span[])[];
  /** By `MMDD`: days that are otherwise. */
  readonly holidays: ReadonlyMap<string, readonly Span[]>;
}

const DAY_MINUTES = 24 * 60;

/**
 * The oracle's own notation: a time zone, the seven days from Monday, and holidays, separated by semicolons:
 * `America/New_York;0930-1600,0930-1600,0930-1600,0930-1600,0930-1600,C,C;1126/C,1127/0930-1300`. `C` is closed, `O` open all
 * day; spans of one day are joined by `&`.
 * @returns null for what is no such text: a session that may be wrong is worse than none.
 */
export function readSchedule(text: string): Schedule | null {
  const [timeZone = '', days = '', exceptions = ''] = text.split(';').map((part) => part.trim());
  const week = days.split(',').map(readDay);
  if (!isTimeZone(timeZone) || week.length !== 7) return null;
  const holidays = new Map<string, readonly Span[]>();
  for (const exception of exceptions.split(',').filter((one) => one !== '')) {
    const [date = '', day = ''] = exception.trim().split('/');
    const spans = readDay(day);
    if (!/^\d{4}$/.test(date) || !spans) return null;
    holidays.set(date, spans);
  }
  return week.every((day) => day !== null) ? { timeZone, week, holidays } : null;
}

/** Whether the exchange trades at a moment, milliseconds. */
export function isOpen({ timeZone, week, holidays }: Schedule, at: number): boolean {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
  const day = `${parts.get('month')}${parts.get('day')}`;
  const spans = holidays.get(day) ?? week[WEEKDAYS.indexOf(parts.get('weekday') ?? '')] ?? [];
  const minute = number('hour') * 60 + number('minute');
  return spans.some(([from, to]) => minute >= from && minute < to);
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one takes longer than all that is done with it. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  return format;
}

function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return name !== '';
  } catch {
    return false;
  }
}

function readDay(text: string): readonly Span[] | null {
  const day = text.trim();
  if (day === 'C') return [];
  if (day === 'O') return [[0, DAY_MINUTES]];
  const spans = day.split('&').map((span) => {
    const [from, to] = /^\d{4}-\d{4}$/.test(span) ? span.split('-').map(minuteOf) : [];
    return from !== undefined && to !== undefined && from < to && to <= DAY_MINUTES ? ([from, to] as const) : null;
  });
  return spans.every((span) => span !== null) ? spans : null;
}

function minuteOf(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(2));
}
