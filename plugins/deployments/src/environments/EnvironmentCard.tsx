import { KeyboardEvent, useId, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { makeStyles } from '@material-ui/core/styles';
import { Card, CardBody, CardHeader, Link } from '@backstage/ui';
import { RiExternalLinkLine, RiLockLine } from '@remixicon/react';
import {
  EnvironmentState,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { useFocusWhenLost } from '../hooks/useFocusWhenLost';
import { isPlainKey, useShortcutSettings } from '../hooks/useShortcuts';
import { usePaths } from '../hooks/usePaths';
import { useTranslation } from '../hooks/useTranslation';
import { ForbiddenState } from '../shared/ForbiddenState';
import { StatusMark } from '../shared/StatusMark';
import { EnvironmentActions } from './EnvironmentActions';
import { EnvironmentActivity } from './EnvironmentActivity';
import { EnvironmentFacts } from './EnvironmentFacts';
import { EnvironmentMenu } from './EnvironmentMenu';
import { EnvironmentObstacles } from './EnvironmentObstacles';
import { EnvironmentQuestion, Question } from './EnvironmentQuestion';
import { Promotable } from './promotionNeighbours';
import { OpenEnvironment } from './types';

const useStyles = makeStyles(
  {
    card: {
      minWidth: 0,
      '&:focus-visible': {
        outline: '2px solid var(--bui-ring)',
        outlineOffset: 2,
      },
    },
    header: {
      display: 'flex',
      alignItems: 'center',
      justifyContent: 'space-between',
      gap: 8,
      minHeight: 28,
    },
    name: {
      margin: 0,
      fontSize: 'var(--bui-font-size-3)',
      fontWeight: 600,
      color: 'var(--bui-fg-primary)',
    },
    body: {
      display: 'flex',
      flexDirection: 'column',
      gap: 16,
      height: '100%',
    },
    links: { display: 'flex', alignItems: 'center', gap: 8 },
    open: { display: 'inline-flex', alignItems: 'center', gap: 4 },
  },
  { name: 'SlipwayEnvironmentCard' },
);

/** One environment: what runs there, whether it is well, and what one may do. */
export function EnvironmentCard(props: {
  serviceRef: ServiceRef;
  environment: EnvironmentState;
  /** The environment that this one's release is promoted into. */
  next: EnvironmentState | undefined;
  /** What could be promoted into this one. */
  promotable: Promotable | undefined;
  /** Called once the person has changed something about it. */
  onChanged: () => Promise<void>;
}) {
  const { environment } = props;
  const [asked, setAsked] = useState<Question>();
  const card = useFocusWhenLost<HTMLDivElement>(asked !== undefined);
  const classes = useStyles();
  const titleId = useId();
  const { t } = useTranslation();
  const onKeyDown = useCardKeys(props);
  const url =
    environment.access === 'open' && environment.observed?.reach === 'reached'
      ? environment.observed.url
      : null;
  return (
    <Card
      ref={card}
      className={classes.card}
      role="group"
      aria-labelledby={titleId}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <CardHeader>
        <div className={classes.header}>
          <h3 id={titleId} className={classes.name}>
            {environment.name}
          </h3>
          {environment.access === 'forbidden' && (
            <StatusMark icon={RiLockLine} tone="neutral">
              {t('environment.forbidden')}
            </StatusMark>
          )}
          <div className={classes.links}>
            {url && (
              <Link
                href={url}
                target="_blank"
                rel="noopener"
                variant="body-small"
                className={classes.open}
                aria-label={t('environment.openNamed', {
                  environment: environment.name,
                })}
              >
                {t('environment.open')}
                <RiExternalLinkLine size={13} aria-hidden />
              </Link>
            )}
            {environment.access === 'open' && (
              <EnvironmentMenu environment={environment} onAsk={setAsked} />
            )}
          </div>
        </div>
      </CardHeader>
      <CardBody>
        {environment.access === 'forbidden' ? (
          <ForbiddenState
            permission={environment.permission}
            on={environment.name}
          />
        ) : (
          <div className={classes.body}>
            <EnvironmentFacts
              environment={environment}
              promotable={props.promotable}
            >
              <EnvironmentObstacles
                environment={environment}
                onAsk={setAsked}
              />
            </EnvironmentFacts>
            <EnvironmentActions environment={environment} next={props.next} />
            <EnvironmentActivity environment={environment} />
            <EnvironmentQuestion
              question={asked}
              serviceRef={props.serviceRef}
              environment={environment}
              onChanged={props.onChanged}
              onClose={() => setAsked(undefined)}
            />
          </div>
        )}
      </CardBody>
    </Card>
  );
}

/** `p` promotes and `b` rolls back the card that has the focus. */
function useCardKeys(props: {
  environment: EnvironmentState;
  next: EnvironmentState | undefined;
}) {
  const { environment, next } = props;
  const navigate = useNavigate();
  const paths = usePaths();
  const { areLetterKeysOn } = useShortcutSettings();
  return (event: KeyboardEvent) => {
    if (!areLetterKeysOn || !isPlainKey(event)) {
      return;
    }
    if (event.key === 'p' && mayPromoteInto(next)) {
      navigate(paths.plan('promote', next.name));
    }
    if (
      event.key === 'b' &&
      environment.access === 'open' &&
      environment.may.rollback.allowed
    ) {
      navigate(paths.plan('rollback', environment.name));
    }
  };
}

function mayPromoteInto(
  environment: EnvironmentState | undefined,
): environment is OpenEnvironment {
  return environment?.access === 'open' && environment.may.promote.allowed;
}
