import { randomUUID } from 'node:crypto';
import { ConflictError, NotFoundError } from '@backstage/errors';
import {
  Artifact,
  artifactSchema,
  Commit,
  commitSchema,
  Release,
  releaseIdSchema,
  ReleaseId,
  ReleaseSummary,
  releaseSchema,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { z } from 'zod';
import { jsonColumn, now } from './columns';

const rowSchema = z
  .object({
    id: z.string(),
    service_ref: z.string(),
    version: z.string(),
    commit: jsonColumn(commitSchema),
    artifacts: jsonColumn(z.array(artifactSchema)).nullable(),
    created_at: z.string(),
  })
  .transform((row): Release =>
    releaseSchema.parse({
      id: row.id,
      serviceRef: row.service_ref,
      version: row.version,
      commit: row.commit,
      artifacts: row.artifacts ?? [],
      createdAt: row.created_at,
    }),
  );

/** Releases: each is one commit of one service. */
export class ReleaseStore {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /** The release of a commit. Its version is the label that the commit had when the release was first named. */
  async findOrCreate(release: {
    serviceRef: ServiceRef;
    version: string;
    commit: Commit;
  }): Promise<Release> {
    await this.#db('releases')
      .insert({
        id: randomUUID(),
        service_ref: release.serviceRef,
        version: release.version,
        commit_id: release.commit.id,
        commit: JSON.stringify(release.commit),
        artifacts: null,
        created_at: now(),
      })
      .onConflict(['service_ref', 'commit_id'])
      .ignore();
    const row = await this.#db('releases')
      .where({
        service_ref: release.serviceRef,
        commit_id: release.commit.id,
      })
      .first();
    return rowSchema.parse(row);
  }

  async get(id: ReleaseId): Promise<Release | undefined> {
    const row = await this.#db('releases').where({ id }).first();
    return row && rowSchema.parse(row);
  }

  /** @throws NotFoundError where there is none. */
  async require(id: ReleaseId): Promise<Release> {
    const release = await this.get(id);
    if (!release) {
      throw new NotFoundError(`There is no release ${id}`);
    }
    return release;
  }

  /** Names of many releases at once. */
  async summarize(
    ids: Iterable<ReleaseId>,
  ): Promise<Map<ReleaseId, ReleaseSummary>> {
    const rows = await this.#db('releases')
      .whereIn('id', [...new Set(ids)])
      .select('id', 'version', 'commit_id as commitId');
    return new Map(
      rows.map(row => [releaseIdSchema.parse(row.id), row as ReleaseSummary]),
    );
  }

  /** Releases of a service, newest first. */
  async list(serviceRef: ServiceRef): Promise<Release[]> {
    const rows = await this.#db('releases')
      .where({ service_ref: serviceRef })
      .orderBy([
        { column: 'created_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ]);
    return rows.map(row => rowSchema.parse(row));
  }

  /**
   * Says what a release consists of. That can be said once; saying the same again is fine.
   *
   * @throws ConflictError where the release already consists of something else.
   */
  async recordArtifacts(id: ReleaseId, artifacts: Artifact[]): Promise<void> {
    await this.#db('releases')
      .where({ id })
      .whereNull('artifacts')
      .update({ artifacts: JSON.stringify(artifacts) });
    const release = await this.require(id);
    if (JSON.stringify(release.artifacts) !== JSON.stringify(artifacts)) {
      throw new ConflictError(
        `Another run built ${release.version} meanwhile, and with another content`,
      );
    }
  }
}
