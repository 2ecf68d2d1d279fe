import {
  PositionsDocument,
  type PositionsSubscription,
  RiskDocument,
  type RiskSubscription,
} from '../generated/graphql.ts';

export const POSITIONS = {
  document: PositionsDocument,
  variables: {},
  value: ({ positions }: PositionsSubscription) => positions,
};

export const RISK = {
  document: RiskDocument,
  variables: {},
  value: ({ riskUpdates }: RiskSubscription) => riskUpdates,
};
