import { RefObject } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import {
  Button,
  ButtonIcon,
  SearchField,
  Text,
  ToggleButton,
} from '@backstage/ui';
import {
  RiArrowDownSLine,
  RiArrowUpSLine,
  RiDownloadLine,
  RiErrorWarningLine,
} from '@remixicon/react';
import { LogLine, RunId } from '@slipway/plugin-deployments-common';
import { useFormat } from '../hooks/useFormat';
import { useTranslation } from '../hooks/useTranslation';
import { downloadLog } from './downloadLog';

const useStyles = makeStyles(
  {
    root: {
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'center',
      gap: 8,
      padding: 8,
      borderBottom: '1px solid var(--bui-border-1)',
    },
    search: { flex: '1 1 200px', minWidth: 160, maxWidth: 320 },
    count: {
      minWidth: 56,
      fontVariantNumeric: 'tabular-nums',
      textAlign: 'right',
    },
    spacer: { flex: '1 1 0' },
  },
  { name: 'SlipwayLogToolbar' },
);

/** Search with its counts, the way to the first error, follow and download. */
export function LogToolbar(props: {
  runId: RunId;
  lines: readonly LogLine[];
  searchRef: RefObject<HTMLInputElement>;
  query: string;
  onQuery: (query: string) => void;
  /** From 1; 0 where none of the matches is marked. */
  matchNumber: number;
  matchCount: number;
  onMatch: (offset: 1 | -1) => void;
  onFirstError: () => void;
  isFollowing: boolean;
  onFollow: (on: boolean) => void;
}) {
  const { query, matchNumber, matchCount, onMatch } = props;
  const classes = useStyles();
  const format = useFormat();
  const { t } = useTranslation();
  return (
    <div className={classes.root} role="toolbar" aria-label={t('log.tools')}>
      <div
        className={classes.search}
        ref={element => {
          const input = element?.querySelector('input') ?? null;
          Object.assign(props.searchRef, { current: input });
        }}
      >
        <SearchField
          aria-label={t('log.search')}
          placeholder={t('log.search')}
          size="small"
          value={query}
          onChange={props.onQuery}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              onMatch(event.shiftKey ? -1 : 1);
            }
          }}
        />
      </div>
      {query && (
        <>
          <Text variant="body-small" className={classes.count}>
            {t('log.matches', {
              at: format.number(matchNumber),
              of: format.number(matchCount),
            })}
          </Text>
          <ButtonIcon
            size="small"
            variant="tertiary"
            icon={<RiArrowUpSLine aria-hidden />}
            aria-label={t('keys.previous')}
            isDisabled={matchCount === 0}
            onPress={() => onMatch(-1)}
          />
          <ButtonIcon
            size="small"
            variant="tertiary"
            icon={<RiArrowDownSLine aria-hidden />}
            aria-label={t('keys.next')}
            isDisabled={matchCount === 0}
            onPress={() => onMatch(1)}
          />
        </>
      )}
      <span className={classes.spacer} />
      <Button
        size="small"
        variant="tertiary"
        iconStart={<RiErrorWarningLine aria-hidden />}
        onPress={props.onFirstError}
      >
        {t('log.firstError')}
      </Button>
      <ToggleButton
        size="small"
        isSelected={props.isFollowing}
        onChange={props.onFollow}
      >
        {t('log.follow')}
      </ToggleButton>
      <ButtonIcon
        size="small"
        variant="tertiary"
        icon={<RiDownloadLine aria-hidden />}
        aria-label={t('log.download')}
        onPress={() => downloadLog(props.runId, props.lines)}
      />
    </div>
  );
}
