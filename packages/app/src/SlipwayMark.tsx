/** The product's sign: a hull above the rails that it slides down on. */
export const SlipwayMark = (props: { size: number }) => (
  <svg
    width={props.size}
    height={props.size}
    viewBox="0 0 48 48"
    aria-hidden="true"
    focusable="false"
  >
    <rect width="48" height="48" rx="11" fill="#0b3c49" />
    <path d="M10 15h26l-4 9.5H17.5c-3.8 0-6.6-4.6-7.5-9.5z" fill="#ffffff" />
    <g stroke="#35c2a5" strokeWidth="4" strokeLinecap="round">
      <path d="M8 26.5 40 37" />
      <path d="M8 34.5 26 40.4" opacity="0.5" />
    </g>
  </svg>
);
