import { Text } from '@backstage/ui';
import { makeStyles } from '@material-ui/core/styles';
import { SlipwayMark } from '../SlipwayMark';
import { DemoPerson } from './demoPeople';

const useStyles = makeStyles({
  page: {
    minHeight: '100vh',
    boxSizing: 'border-box',
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    gap: 'var(--bui-space-8)',
    padding: 'var(--bui-space-6)',
    background: 'var(--bui-bg-app)',
  },
  head: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    gap: 'var(--bui-space-3)',
    textAlign: 'center',
  },
  people: {
    listStyle: 'none',
    margin: 0,
    padding: 0,
    maxWidth: 920,
    display: 'flex',
    flexWrap: 'wrap',
    justifyContent: 'center',
    gap: 'var(--bui-space-4)',
  },
  person: {
    width: 292,
    height: '100%',
    display: 'flex',
    gap: 'var(--bui-space-4)',
    padding: 'var(--bui-space-4)',
    textAlign: 'start',
    font: 'inherit',
    color: 'var(--bui-fg-primary)',
    background: 'var(--bui-bg-neutral-1)',
    border: '1px solid var(--bui-border-1)',
    borderRadius: 'var(--bui-radius-3)',
    cursor: 'pointer',
    '&:hover': { background: 'var(--bui-bg-neutral-2)' },
    '&:focus-visible': {
      outline: '2px solid var(--bui-ring)',
      outlineOffset: 2,
    },
  },
  words: {
    display: 'flex',
    flexDirection: 'column',
    gap: 'var(--bui-space-1)',
  },
  initials: {
    flex: 'none',
    width: 44,
    height: 44,
    borderRadius: '50%',
    display: 'grid',
    placeItems: 'center',
    fontWeight: 600,
    color: '#ffffff',
    background: '#0b3c49',
  },
});

/** One button a person; one click signs in. */
export const PersonChooser = (props: {
  people: DemoPerson[];
  onChoose: (person: DemoPerson) => void;
}) => {
  const classes = useStyles();
  return (
    <main className={classes.page}>
      <header className={classes.head}>
        <SlipwayMark size={64} />
        <Text as="h1" variant="title-medium" weight="bold">
          Who are you today?
        </Text>
        <Text as="p" variant="body-large" color="secondary">
          This is the demo, so there are no passwords. Open a second tab to be
          two people at once.
        </Text>
      </header>
      <ul className={classes.people}>
        {props.people.map(person => (
          <li key={person.name}>
            <button
              type="button"
              className={classes.person}
              onClick={() => props.onChoose(person)}
            >
              <span className={classes.initials} aria-hidden="true">
                {initialsOf(person.title)}
              </span>
              <span className={classes.words}>
                <Text variant="title-x-small" weight="bold">
                  {person.title}
                </Text>
                <Text variant="body-medium">{person.role}</Text>
                <Text variant="body-small">{person.may}</Text>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </main>
  );
};

/** First letters of the first and the last word: Ana Duarte, AD. */
function initialsOf(title: string): string {
  const words = title.split(' ');
  return [words.at(0), words.length > 1 ? words.at(-1) : undefined]
    .map(word => word?.charAt(0) ?? '')
    .join('');
}
