import type { ReactNode } from 'react';
import type { Question } from '../data/follow.ts';
import { Latest, type StateValue } from '../data/latest.ts';
import { useStream } from '../data/use-stream.ts';
import { Panel, type PanelWords } from './panel.tsx';

interface Props<Data, Variables extends object, Value> extends PanelWords {
  readonly question: Question<Data, Variables, Value>;
  readonly order?: (a: Value, b: Value) => number;
  /** Made once: what in it shows a value listens to that value. */
  children(latest: Latest<Value & StateValue>): ReactNode;
}

/** What is true now of a subscription: the newest value of each id. */
export function LatestPanel<Data, Variables extends object, Value extends StateValue>({
  question,
  order,
  children,
  ...words
}: Props<Data, Variables, Value>) {
  const latest = useStream(question, () => new Latest<Value>(order));
  return (
    <Panel {...words} collection={latest} question={question}>
      {children(latest)}
    </Panel>
  );
}
