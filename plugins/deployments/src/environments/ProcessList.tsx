import { makeStyles } from '@material-ui/core/styles';
import { Accordion, AccordionPanel, AccordionTrigger } from '@backstage/ui';
import { ProcessState } from '@slipway/plugin-deployments-common';
import { useFormat } from '../hooks/useFormat';
import { useTranslation } from '../hooks/useTranslation';
import { RelativeTime } from '../shared/RelativeTime';
import { countProcesses } from './countProcesses';
import { ScrollRegion } from '../shared/ScrollRegion';
import { QUIET } from '../shared/tones';

const useStyles = makeStyles(
  {
    trigger: {
      fontSize: 'var(--bui-font-size-2)',
      fontVariantNumeric: 'tabular-nums',
      '& strong': { fontWeight: 600, marginLeft: 6 },
    },
    scroller: { overflowX: 'auto' },
    table: {
      width: '100%',
      borderCollapse: 'collapse',
      fontSize: 'var(--bui-font-size-2)',
      fontVariantNumeric: 'tabular-nums',
      '& th, & td': {
        padding: '6px 12px 6px 0',
        textAlign: 'left',
        whiteSpace: 'nowrap',
        borderTop: '1px solid var(--bui-border-1)',
      },
      '& th': { color: QUIET, fontWeight: 500 },
      '& thead th': { borderTop: 0 },
      '& tbody th': { color: 'var(--bui-fg-primary)' },
    },
  },
  { name: 'SlipwayProcessList' },
);

/** How many processes run of those wanted, and each one's state when opened. */
export function ProcessList(props: {
  environment: string;
  processes: readonly ProcessState[];
  desired: number | null;
}) {
  const { environment, processes, desired } = props;
  const { t } = useTranslation();
  const classes = useStyles();
  const format = useFormat();
  if (processes.length === 0) {
    return null;
  }
  const summary = countProcesses(processes, desired)
    .map(({ name, running, wanted }) => `${name} ${running}/${wanted}`)
    .join('  ');
  return (
    <Accordion>
      <AccordionTrigger>
        <span className={classes.trigger}>
          {t('processes.title')} <strong>{summary}</strong>
        </span>
      </AccordionTrigger>
      <AccordionPanel>
        <ScrollRegion
          className={classes.scroller}
          aria-label={t('processes.of', { environment })}
        >
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">{t('processes.name')}</th>
                <th scope="col">{t('processes.status')}</th>
                <th scope="col">{t('processes.restarts')}</th>
                <th scope="col">{t('processes.cpu')}</th>
                <th scope="col">{t('processes.memory')}</th>
                <th scope="col">{t('processes.started')}</th>
              </tr>
            </thead>
            <tbody>
              {processes.map((process, index) => (
                <tr key={`${process.name} ${index}`}>
                  <th scope="row">{process.name}</th>
                  <td>{t(`processes.is.${process.status}`)}</td>
                  <td>{process.restarts ?? t('processes.unknown')}</td>
                  <td>
                    {process.cpuPercent === null
                      ? t('processes.unknown')
                      : `${format.number(process.cpuPercent)} %`}
                  </td>
                  <td>
                    {process.memoryBytes === null
                      ? t('processes.unknown')
                      : format.bytes(process.memoryBytes)}
                  </td>
                  <td>
                    {process.startedAt ? (
                      <RelativeTime at={process.startedAt} />
                    ) : (
                      t('processes.unknown')
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      </AccordionPanel>
    </Accordion>
  );
}
