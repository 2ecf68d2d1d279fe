import { topics } from '../bus/topics.ts';
import type { Predicate } from '../cohorts/predicate.ts';
import { canonicalJson } from '../cohorts/question.ts';
import { subscribeEvents } from '../cohorts/request.ts';
import type { EventFrame } from '../cohorts/update.ts';
import type { ContractEvent, EventArgument } from '../model/contract-event.ts';
import { CHAIN_IDS, chosenChains } from './arbitrage-arguments.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { perItem, priceNode, WHOLE_PAST } from './cost.ts';
import { DeliveredRef, StreamEventRef } from './delivered.ts';
import { BEGINNING, beginningOf, chosen, EVENT_START, startCost } from './delivery-arguments.ts';
import { recalled } from './facts.ts';

const EventArgumentRef = builder.objectRef<EventArgument>('ChainEventArgument').implement({
  description: 'One argument of a decoded event.',
  fields: (t) => ({
    name: t.exposeString('name', { nullable: true, description: 'Null where the ABI gives it none.' }),
    type: t.exposeString('type', { description: 'As Solidity names it: "uint256".' }),
    value: t.exposeString('value', {
      description:
        'Whole numbers in decimal digits, addresses by EIP-55, bytes in hexadecimal, lists and tuples as JSON.',
    }),
  }),
});

/** Arguments that an event is taken to have, to count what they cost. */
const USUAL_ARGUMENTS = 6;

const ChainEventRef = builder.objectRef<EventFrame<ContractEvent>>('ChainEvent');

builder.node(ChainEventRef, {
  description: 'A log of a contract that is watched.',
  interfaces: [DeliveredRef, StreamEventRef],
  id: {
    resolve: ({ value }) => value.id,
    description: 'Chain, transaction, and which of its logs: mined again it is the same one.',
  },
  loadOne: async (id, { recent }) => {
    const routes = [id.slice(0, id.indexOf(':'))];
    const [found] = await recent.newest(topics.chainEvents, { routes, test: (event) => event.id === id }, 1);
    return found && recalled(topics.chainEvents.name, found);
  },
  fields: (t) => ({
    version: t.int({ description: 'Grows with each change.', resolve: ({ value }) => value.version }),
    retracted: t.boolean({
      description: 'True while no block of the chain holds it: the chain has given up the one that did.',
      resolve: ({ value }) => value.retracted,
    }),
    chainId: t.int({ description: 'EIP-155.', resolve: ({ value }) => value.chainId }),
    address: t.field({ type: 'Address', description: 'Which contract.', resolve: ({ value }) => value.address }),
    blockNumber: t.field({
      type: 'SafeInt',
      description: 'In which block.',
      resolve: ({ value }) => value.blockNumber,
    }),
    blockHash: t.field({ type: 'Hash', description: 'Hash of that block.', resolve: ({ value }) => value.blockHash }),
    txHash: t.field({ type: 'Hash', description: 'By which transaction.', resolve: ({ value }) => value.txHash }),
    logIndex: t.int({ description: 'Place within the block.', resolve: ({ value }) => value.logIndex }),
    topics: t.field({
      type: ['Hash'],
      description: 'As the chain holds them; the first says which event it is.',
      resolve: ({ value }) => value.topics,
    }),
    data: t.string({ description: 'As the chain holds it, hexadecimal.', resolve: ({ value }) => value.data }),
    name: t.string({
      nullable: true,
      description: 'Of the event: "Swap". Null where no ABI is configured for the contract, or none that fits.',
      resolve: ({ value }) => value.name,
    }),
    arguments: t.field({
      type: [EventArgumentRef],
      complexity: perItem(USUAL_ARGUMENTS),
      description: `In the ABI's order; empty where it could not be decoded. Counted as ${USUAL_ARGUMENTS}.`,
      resolve: ({ value }) => value.arguments,
    }),
  }),
});

priceNode('ChainEvent', () => WHOLE_PAST);

const ChainEventFilter = builder.inputType('ChainEventFilter', {
  description: 'Which events. Members are ANDed, the values of a list ORed; a member left out or null does not narrow.',
  fields: (t) => ({
    chainIds: t.intList(CHAIN_IDS),
    addresses: t.field({
      type: ['Address'],
      required: false,
      description: 'Only of these contracts; 1 to 200. Left out: all that are watched.',
    }),
    topics: t.field({
      type: ['Hash'],
      required: false,
      description: 'Only with one of these as their first topic; 1 to 200. Left out: all.',
    }),
  }),
});

/** @throws ApiError `BAD_USER_INPUT`. */
function predicateOf(
  filter: typeof ChainEventFilter.$inferInput | null | undefined,
  context: Context,
): Predicate<ContractEvent> {
  const chainIds = chosenChains(filter?.chainIds, 'filter.chainIds', context);
  const addresses = chosen(filter?.addresses, 'filter.addresses');
  const first = chosen(filter?.topics, 'filter.topics');
  const [ofContract, ofTopic] = [addresses && new Set(addresses), first && new Set(first)];
  return {
    id: canonicalJson({ chainIds, addresses, first }),
    routes: chainIds?.map(String) ?? null,
    test: (event) => (ofContract?.has(event.address) ?? true) && (ofTopic?.has(event.topics[0] ?? '') ?? true),
  };
}

builder.subscriptionField('chainEvents', (t) =>
  t.field({
    authScopes: { public: true },
    type: ChainEventRef,
    description: `Every log of the contracts that are watched, and again when the chain gives up its block (\`retracted: true\`) or mines it anew. ${EVENT_START}`,
    complexity: startCost,
    args: {
      filter: t.arg({ type: ChainEventFilter, required: false, description: 'Left out: every event.' }),
      ...BEGINNING,
    },
    subscribe: (_root, { filter, ...args }, context) =>
      subscribeEvents(topics.chainEvents, { predicate: predicateOf(filter, context), ...beginningOf(args) }),
    resolve: (frame) => frame,
  }),
);
