/** Per cent as the API gives it: 2.56 is 2.56 %. */
export function percent(value: number | null, places = 2): string {
  return value === null ? '—' : `${written(value, places)}%`;
}

/** A change in per cent, which always says its direction. */
export function changePercent(value: number | null, places = 2): string {
  if (value === null) return '—';
  const text = written(value, places);
  return `${value > 0 && /[1-9]/.test(text) ? '+' : ''}${text}%`;
}

/** With a true minus sign, and none before zero. */
export function written(value: number, places: number): string {
  const text = value.toFixed(places);
  return /[1-9]/.test(text) ? text.replace('-', '−') : text.replace('-', '');
}

export function score(value: number | null): string {
  return value === null ? '—' : written(value, 2);
}

const COUNT = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export function count(value: number): string {
  return COUNT.format(value);
}

/** Bytes, in the unit that leaves few digits. */
export function bytes(value: number): string {
  if (value < 1_024) return `${value} B`;
  if (value < 1_048_576) return `${(value / 1_024).toFixed(1)} KiB`;
  return `${(value / 1_048_576).toFixed(1)} MiB`;
}
