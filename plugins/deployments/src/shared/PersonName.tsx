import { useEffect, useMemo, useState } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import { useApiHolder } from '@backstage/frontend-plugin-api';
import {
  defaultEntityPresentation,
  entityPresentationApiRef,
} from '@backstage/plugin-catalog-react';

const ENTITY_REF = /^[^:/]+:[^:/]+\/[^:/]+$/;

const useStyles = makeStyles(
  {
    // Without words and without a tone of its own, since it also stands inside of marks.
    pending: {
      display: 'inline-block',
      width: '9ch',
      height: '0.75em',
      borderRadius: 'var(--bui-radius-2)',
      background: 'currentColor',
      opacity: 0.2,
    },
  },
  { name: 'SlipwayPersonName' },
);

/** Who did something: a person's name as the catalog knows it, or a system's name as it is. */
export function PersonName({ by }: { by: string }) {
  return ENTITY_REF.test(by) ? (
    <EntityName key={by} entityRef={by} />
  ) : (
    <>{by}</>
  );
}

function EntityName({ entityRef }: { entityRef: string }) {
  const classes = useStyles();
  const name = useEntityName(entityRef);
  return name === undefined ? (
    <span className={classes.pending} aria-hidden data-pending-name />
  ) : (
    <>{name}</>
  );
}

/** The name of an entity; undefined while the catalog is asked, so that no name is shown that becomes another one. */
function useEntityName(entityRef: string): string | undefined {
  const api = useApiHolder().get(entityPresentationApiRef);
  const presentation = useMemo(
    () => api?.forEntity(entityRef),
    [api, entityRef],
  );
  const [asked, setAsked] = useState<string>();
  useEffect(() => {
    let isCurrent = true;
    presentation?.promise.then(({ primaryTitle }) => {
      if (isCurrent) {
        setAsked(primaryTitle);
      }
    });
    return () => {
      isCurrent = false;
    };
  }, [presentation]);

  const bare = defaultEntityPresentation(entityRef).primaryTitle;
  if (!presentation) {
    return bare;
  }
  const { snapshot, update$ } = presentation;
  const isKnown = !update$ || snapshot.primaryTitle !== bare;
  return asked ?? (isKnown ? snapshot.primaryTitle : undefined);
}
