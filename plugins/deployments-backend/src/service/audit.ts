import {
  AuditorService,
  AuditorServiceEventSeverityLevel,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { JsonObject } from '@backstage/types';
import { Request } from 'express';

/** What an audit event says of the call, whatever becomes of it. */
export type AuditedCall = {
  auditor: AuditorService;
  /** In kebab-case, without the plugin's name. */
  eventId: string;
  severityLevel: AuditorServiceEventSeverityLevel;
  /** The HTTP request, where it came by one. */
  request: Request | undefined;
  meta: JsonObject;
};

/** Does something under an audit event, which says how it ended; refusals are failures, too. `describe` adds what only the result tells. */
export async function audited<T>(
  call: AuditedCall,
  act: () => Promise<T>,
  describe: (result: T) => JsonObject = () => ({}),
): Promise<T> {
  const { auditor, ...options } = call;
  const event = await auditor.createEvent(options);
  try {
    const result = await act();
    await event.success({ meta: describe(result) });
    return result;
  } catch (error) {
    await event.fail({ error: toError(error) });
    throw error;
  }
}
