/** The product's mark: three bars that add up, as in the favicon. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect className="mark-ground" width="32" height="32" rx="7" />
      <path className="mark-bars" d="M7 17h5v8H7zM13.5 12h5v13h-5zM20 7h5v18h-5z" />
    </svg>
  );
}
