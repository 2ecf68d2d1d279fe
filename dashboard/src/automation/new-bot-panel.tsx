import { type FormEvent, useState } from 'react';
import { useMutation } from 'urql';
import { useAttempt } from '../data/attempt.ts';
import type { Prices } from '../data/price-trail.ts';
import { PRICES } from '../data/questions.ts';
import { troubleOf } from '../data/trouble.ts';
import { type BotKind, CreateBotDocument, StartBotDocument } from '../generated/graphql.ts';
import { begin } from '../parts/begin.ts';
import { Amount, Choice, Words } from '../parts/fields.tsx';
import { LastPrice, MarketChoice } from '../parts/market-choice.tsx';
import { type Outcome, OutcomeLine } from '../parts/outcome.tsx';
import { Panel } from '../parts/panel.tsx';
import { KINDS, kindName, PLANS, planOf } from './kinds.ts';

interface Props {
  readonly prices: Prices;
  readonly symbol: string;
  onSymbol(symbol: string): void;
}

export function NewBotPanel({ prices, symbol, onSymbol }: Props) {
  return (
    <Panel title="New bot" area="new-bot" collection={prices} question={PRICES} empty="No instrument has a price yet.">
      <Form prices={prices} symbol={symbol} onSymbol={onSymbol} />
    </Panel>
  );
}

function Form({ prices, symbol, onSymbol }: Props) {
  const [kind, setKind] = useState<BotKind>('DCA');
  const [name, setName] = useState('');
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const [isStarted, setStarted] = useState(true);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [{ fetching: isMaking }, create] = useMutation(CreateBotDocument);
  const [{ fetching: isStarting }, start] = useMutation(StartBotDocument);
  const attempt = useAttempt();
  const { says, fields } = PLANS[kind];
  const shownIn = (field: string) => typed[`${kind} ${field}`] ?? fields.find((one) => one.name === field)?.first ?? '';

  const send = async () => {
    const bot = { name: name.trim(), symbol, plan: planOf(kind, (field) => shownIn(field).trim()) };
    const made = await create({ input: { ...bot, idempotencyKey: attempt.nameOf(bot) } });
    if (made.data && isStarted) {
      const { error } = await start({ botId: made.data.createBot.bot.id });
      if (error) return setOutcome({ tone: 'down', text: `Made, but not started. ${troubleOf(error)}` });
    }
    if (!made.error || made.error.graphQLErrors.length > 0) attempt.answered();
    if (made.error) return setOutcome({ tone: 'down', text: troubleOf(made.error) });
    setName('');
    setOutcome({ tone: 'up', text: `${bot.name} is made${isStarted ? ' and started' : ''}.` });
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    begin(send)();
  };

  return (
    <form className="ticket" onSubmit={submit}>
      <Words name="Name" value={name} placeholder="Sunday savings" onChange={setName} />
      <MarketChoice prices={prices} symbol={symbol} onSymbol={onSymbol} />
      <Choice name="Kind" value={kind} options={KINDS} written={kindName} onChoose={setKind} />
      <p className="muted">{says}</p>
      {fields.map((field) => (
        <Amount
          key={`${kind} ${field.name}`}
          name={field.label}
          value={shownIn(field.name)}
          onChange={(value) => setTyped((known) => ({ ...known, [`${kind} ${field.name}`]: value }))}
        />
      ))}
      <LastPrice prices={prices} symbol={symbol} onUse={null} />
      <label className="check">
        <input type="checkbox" checked={isStarted} onChange={({ target }) => setStarted(target.checked)} />
        Start it at once
      </label>
      <button type="submit" className="button primary submit" disabled={isMaking || isStarting}>
        Make the bot
      </button>
      <OutcomeLine outcome={outcome} />
    </form>
  );
}
