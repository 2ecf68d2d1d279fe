import type { ReactNode } from 'react';

interface Props {
  readonly name: string;
  readonly tone?: string;
  readonly title?: string;
  readonly className?: string;
  /** Nothing: it is not known. */
  readonly children: ReactNode;
}

/** One figure of a list of facts. */
export function Fact({ name, tone, title, className, children }: Props) {
  return (
    <div className={className}>
      <dt>{name}</dt>
      <dd className={tone} title={title}>
        {children ?? <span className="muted">—</span>}
      </dd>
    </div>
  );
}
