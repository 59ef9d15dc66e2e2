import { randomUUID } from 'node:crypto';
import { RunId, runIdSchema } from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { createPlanContent } from './createPlanContent';
import { hashPlan } from '../plans';
import { createStores } from '../stores';

/** Keeps a run that waits for nobody, so that there is something to claim. */
export async function insertRun(trx: Knex): Promise<RunId> {
  const stores = createStores(trx);
  const content = createPlanContent();
  const hash = hashPlan(content);
  const createdAt = new Date().toISOString();
  await stores.plans.save({ hash, content, createdAt, usualMs: null });
  const release = await stores.releases.findOrCreate({
    serviceRef: content.serviceRef,
    version: '1.0.0',
    commit: {
      id: content.to.commitId,
      subject: 'First',
      author: 'Ana',
      committedAt: createdAt,
    },
  });
  const id = runIdSchema.parse(randomUUID());
  await stores.runs.insert({
    id,
    ...content,
    planHash: hash,
    releaseId: release.id,
    fromReleaseId: null,
    phase: 'queued',
    requestedBy: 'user:default/ana',
    reason: null,
    createdAt,
  });
  return id;
}
