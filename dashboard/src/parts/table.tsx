import type { ReactNode } from 'react';

export interface Column {
  readonly name: string;
  readonly className?: string;
  /** For who listens; who looks sees what it is. */
  readonly isHidden?: boolean;
}

/** A column of figures: they end where its name ends. */
export function number(name: string, more = ''): Column {
  return { name, className: `number ${more}`.trim() };
}

export function text(name: string, className?: string): Column {
  return className === undefined ? { name } : { name, className };
}

export function unnamed(name: string, className?: string): Column {
  return { ...text(name, className), isHidden: true };
}

interface Props {
  /** What the table says, for who listens. */
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly className?: string | undefined;
  /** Its bodies. */
  readonly children: ReactNode;
}

export function Table({ caption, columns, className, children }: Props) {
  return (
    <table className={className}>
      <caption className="hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ name, className: kind, isHidden }) => (
            <th key={name} scope="col" className={kind}>
              {isHidden ? <span className="hidden">{name}</span> : name}
            </th>
          ))}
        </tr>
      </thead>
      {children}
    </table>
  );
}
