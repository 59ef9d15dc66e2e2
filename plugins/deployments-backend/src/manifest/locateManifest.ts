import {
  ANNOTATION_SOURCE_LOCATION,
  Entity,
  getEntitySourceLocation,
} from '@backstage/catalog-model';
import { ScmIntegrations } from '@backstage/integration';
import { MANIFEST_ANNOTATION } from '@slipway/plugin-deployments-common';
import parseGitUrl from 'git-url-parse';

/** Where a component's manifest and its source are, or why that cannot be told. */
export type ManifestLocation =
  | {
      found: true;
      url: string;
      /** Null where the component has no source location of its own. */
      repository: string | null;
    }
  | { found: false; message: string; mend: string };

/** Finds out where a component keeps its manifest; reads nothing. */
export function locateManifest(options: {
  entity: Entity;
  integrations: ScmIntegrations;
}): ManifestLocation {
  const { entity, integrations } = options;
  const annotation = entity.metadata.annotations?.[MANIFEST_ANNOTATION]?.trim();
  if (!annotation) {
    return {
      found: false,
      message: `This component has no annotation ${MANIFEST_ANNOTATION}.`,
      mend: `Add the annotation ${MANIFEST_ANNOTATION} with the path of the manifest, deploy.yaml say, to its catalog-info.yaml.`,
    };
  }
  const source = findSource(entity);
  if (URL.canParse(annotation)) {
    return {
      found: true,
      url: new URL(annotation).href,
      repository: source && toRepositoryUrl(source),
    };
  }
  if (!source) {
    return {
      found: false,
      message: `The manifest ${annotation} is a path, and this component has no source location that it could begin at.`,
      mend: `Add the annotation ${ANNOTATION_SOURCE_LOCATION} to the component, or write the manifest’s whole URL.`,
    };
  }
  return {
    found: true,
    url: integrations.resolveUrl({ url: annotation, base: source }),
    repository: toRepositoryUrl(source),
  };
}

/** The component's source location as a URL; where it is a directory it ends with a slash, so that paths begin inside. */
function findSource(entity: Entity): string | null {
  let location;
  try {
    location = getEntitySourceLocation(entity);
  } catch {
    return null;
  }
  if (location.type !== 'url' || !URL.canParse(location.target)) {
    return null;
  }
  const isFile = /\.ya?ml$/.test(location.target);
  return isFile || location.target.endsWith('/')
    ? location.target
    : `${location.target}/`;
}

/** The git URL of a page of a forge (`.../tree/main/`); other URLs as they are, less what is no part of a repository's name. */
function toRepositoryUrl(source: string): string {
  const bare = source.replace(/\/$/, '');
  try {
    const parsed = parseGitUrl(bare);
    return parsed.filepathtype ? parsed.toString('https') : bare;
  } catch {
    return bare;
  }
}
