import type { HEALTH_STATUSES } from '../model/component.ts';
import { builder } from './builder.ts';

export const HealthStatusEnum = builder.enumType('HealthStatus', {
  description: 'How well something works.',
  values: {
    HEALTHY: { description: 'It does what it is for.' },
    DEGRADED: { description: 'It works in part, or is coming back.' },
    DOWN: { description: 'It does not work.' },
  } satisfies Record<(typeof HEALTH_STATUSES)[number], object>,
});
