import { StepErroredError } from '@slipway/plugin-deployments-node';
import { Archive, archiveSchema, findArchive } from '../archive/ArchiveStore';
import { VpsStepContext } from '../types';

/** The archive that this run is about: of the release, or, where it was built in this run, of the step that built it. */
export function findReleaseArchive({
  release,
  outputs,
}: Pick<VpsStepContext, 'release' | 'outputs'>): Archive {
  const built = archiveSchema.safeParse(outputs['build-release']);
  const archive = findArchive(release) ?? built.data;
  if (!archive) {
    throw new StepErroredError(
      `Release ${release.version} has no archive.`,
      'Deploy its commit first: that builds the archive.',
    );
  }
  return archive;
}
