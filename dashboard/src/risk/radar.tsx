interface Spoke {
  readonly name: string;
  /** 0 to 1; null where it is not known. */
  readonly value: number | null;
}

const WIDTH = 294;
const HEIGHT = 216;
const MIDDLE = { x: WIDTH / 2, y: 112 };
const RADIUS = 72;
const RINGS = [0.25, 0.5, 0.75, 1];

/** Scores around a middle: the further out, the riskier. What is not known lies in the middle and is said in words. */
export function Radar({ spokes }: { readonly spokes: readonly Spoke[] }) {
  const at = (index: number, part: number) => {
    const angle = (index / spokes.length) * 2 * Math.PI - Math.PI / 2;
    return [MIDDLE.x + Math.cos(angle) * RADIUS * part, MIDDLE.y + Math.sin(angle) * RADIUS * part] as const;
  };
  const outline = (parts: readonly number[]) =>
    parts
      .map((part, index) =>
        at(index, part)
          .map((place) => place.toFixed(1))
          .join(','),
      )
      .join(' ');
  return (
    <svg className="radar" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={spoken(spokes)}>
      {RINGS.map((ring) => (
        <polygon key={ring} className="ring" points={outline(spokes.map(() => ring))} />
      ))}
      {spokes.map(({ name, value }, index) => {
        const [x, y] = at(index, 1);
        const [textX, textY] = at(index, 1.18);
        return (
          <g key={name} className={value === null ? 'unknown' : undefined}>
            <line className="ring" x1={MIDDLE.x} y1={MIDDLE.y} x2={x} y2={y} />
            <text
              x={textX}
              y={textY}
              textAnchor={Math.abs(textX - MIDDLE.x) < 8 ? 'middle' : textX > MIDDLE.x ? 'start' : 'end'}
            >
              <tspan>{name}</tspan>
              <tspan className="value" x={textX} dy="13">
                {value === null ? '—' : value.toFixed(2)}
              </tspan>
            </text>
          </g>
        );
      })}
      <polygon className="shape" points={outline(spokes.map(({ value }) => Math.max(0.015, value ?? 0)))} />
    </svg>
  );
}

function spoken(spokes: readonly Spoke[]): string {
  return spokes.map(({ name, value }) => `${name} ${value === null ? 'not known' : value.toFixed(2)}`).join(', ');
}
