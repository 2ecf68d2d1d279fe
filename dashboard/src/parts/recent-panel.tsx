import type { ComponentType, ReactNode } from 'react';
import type { Question } from '../data/follow.ts';
import { type EventValue, Recent } from '../data/recent.ts';
import { useEvents, useStream } from '../data/use-stream.ts';
import { Panel, type PanelWords } from './panel.tsx';
import { type Column, Table } from './table.tsx';

export interface Told extends EventValue {
  readonly cursor: string;
}

interface Props<Data, Variables extends object, Value> extends PanelWords {
  readonly question: Question<Data, Variables, Value>;
  /** How many of them are shown. */
  readonly keep: number;
}

interface ListProps<Data, Variables extends object, Value> extends Props<Data, Variables, Value> {
  children(events: readonly Value[]): ReactNode;
}

/** The newest events of a subscription, the newest first. */
export function RecentPanel<Data, Variables extends object, Value extends Told>({
  question,
  keep,
  children,
  ...words
}: ListProps<Data, Variables, Value>) {
  const recent = useStream(question, () => new Recent<Value>(keep));
  return (
    <Panel {...words} collection={recent} question={question}>
      <Events recent={recent}>{children}</Events>
    </Panel>
  );
}

/** Renders anew with each event, and nothing around it does. */
function Events<Value extends Told>({
  recent,
  children,
}: {
  readonly recent: Recent<Value>;
  children(events: readonly Value[]): ReactNode;
}) {
  return children(useEvents(recent));
}

interface TableProps<Data, Variables extends object, Value> extends Props<Data, Variables, Value> {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly className?: string;
  /** A row; made with `memo`, since all but one are as they were. */
  readonly Row: ComponentType<{ readonly event: Value }>;
}

/** The newest events of a subscription, a row each. */
export function RecentTable<Data, Variables extends object, Value extends Told>({
  caption,
  columns,
  className,
  Row,
  ...panel
}: TableProps<Data, Variables, Value>) {
  return (
    <RecentPanel {...panel}>
      {(events) => (
        <Table caption={caption} columns={columns} className={className}>
          <tbody>
            {events.map((event) => (
              <Row key={keyOf(event)} event={event} />
            ))}
          </tbody>
        </Table>
      )}
    </RecentPanel>
  );
}

/** A thing that several events are about has one place. */
function keyOf({ id, version, cursor }: Told): string {
  return version === undefined ? cursor : id;
}
