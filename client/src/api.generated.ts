// Generated from the OpenAPI document by tools/api-types.ts. Do not edit.

export type ClientOptions = {
    baseUrl: `${string}://${string}` | (string & {});
};

/**
 * An entry of a loan’s history.
 */
export type Event = {
    /**
     * Id of the event. An event that comes twice has the same id.
     */
    event_id: string;
    /**
     * What happened.
     */
    type: 'loan.created' | 'loan.funded' | 'loan.closed' | 'loan.cancelled' | 'lender.invited' | 'lender.changed' | 'lender.accepted' | 'lender.declined' | 'lender.revoked' | 'lender.expired';
    /**
     * Id of the loan.
     */
    loan_id: string;
    /**
     * When it happened. RFC 3339, UTC.
     */
    at: string;
    /**
     * Who caused it; `system` for what happens by itself, such as expiry.
     */
    actor: 'borrower' | 'lender' | 'system';
    /**
     * Id of the request that caused it. Only visible to the user who acted.
     */
    request_id?: string;
    /**
     * What changed.
     */
    data: {
        /**
         * The loan after the change.
         */
        loan: {
            /**
             * Contributions of pending and accepted lenders. Every lender of the loan sees it: with few lenders, it reveals what the others lend. In major units of the loan’s currency.
             */
            total_invited: number;
            /**
             * Contributions of accepted lenders. Every lender of the loan sees it: with few lenders, it reveals what the others lend. In major units of the loan’s currency.
             */
            total_accepted: number;
            /**
             * What can still be invited: amount − total_invited. Every lender of the loan sees it: with few lenders, it reveals what the others lend. In major units of the loan’s currency.
             */
            remaining: number;
            /**
             * Pending and accepted lenders. Every lender of the loan sees it: with few lenders, it reveals what the others lend.
             */
            lender_count: number;
            /**
             * An `open` loan can be changed. `funded`: all of it is accepted, or it was closed. `cancelled`: the borrower ended it.
             */
            status: 'open' | 'funded' | 'cancelled';
            /**
             * Increases by one with each change of the loan.
             */
            version: number;
        };
        /**
         * With `loan.created`.
         */
        terms?: {
            /**
             * What the borrower wants to raise. In major units of the loan’s currency.
             */
            amount: number;
            /**
             * ISO 4217.
             */
            currency: string;
            /**
             * Nominal percent a year, 0 to 100, at most 3 decimals.
             */
            interest_rate: number;
            /**
             * Months until the loan is paid back, 1 to 480.
             */
            term_months: number;
            /**
             * What the loan is for, at most 500 characters; null if not given.
             */
            purpose: string | null;
        };
        /**
         * With `lender.*`: the lender after the change.
         */
        lender?: Lender;
        /**
         * Progress of the import that caused the event; only visible to the borrower.
         */
        import?: {
            /**
             * Id of the import.
             */
            import_id: string;
            /**
             * Rows of the file.
             */
            rows_total: number;
            /**
             * Rows that have an outcome.
             */
            rows_done: number;
        };
    };
};

/**
 * Invitations of one commit whose score is high, for an operator to decide on.
 */
export type Hold = {
    /**
     * Opaque id of the hold.
     */
    hold_id: string;
    /**
     * Id of the loan.
     */
    loan_id: string;
    /**
     * `held`: mail waits for a decision. `noted`: nobody has decided, and mail does not wait. `released`, `rejected`: what an operator has decided.
     */
    status: 'held' | 'noted' | 'released' | 'rejected';
    /**
     * Whether mail waits for the decision. If not, the decision is a label for the next training only.
     */
    is_enforced: boolean;
    /**
     * Invitations that were made at once, all of them in this hold.
     */
    invitations: number;
    /**
     * Probability that they are abusive, 0 to 1, by the model; null where it could not be computed.
     */
    score: number | null;
    /**
     * What raised the score, the largest contribution first.
     */
    reasons: Array<{
        /**
         * Name of the feature in the model.
         */
        feature: string;
        /**
         * What it is about, in words.
         */
        label: string;
        /**
         * What it adds to the score, as log-odds.
         */
        contribution: number;
    }>;
    /**
     * Version of the model.
     */
    model_version: string;
    /**
     * When the invitations were made. RFC 3339, UTC.
     */
    invited_at: string;
    /**
     * When an operator decided; null before. RFC 3339, UTC.
     */
    decided_at: string | null;
    /**
     * Id of the user who decided; null before.
     */
    decided_by: string | null;
    /**
     * Who invites.
     */
    borrower: {
        /**
         * The name in the borrower’s token; null if it has none.
         */
        name: string | null;
        /**
         * Verified by the borrower’s sign-in.
         */
        email: string;
    };
    /**
     * The loan to which they are invited.
     */
    loan: {
        /**
         * What the borrower wants to raise. In major units of the loan’s currency.
         */
        amount: number;
        /**
         * ISO 4217.
         */
        currency: string;
        /**
         * What the loan is for, at most 500 characters; null if not given.
         */
        purpose: string | null;
    };
};

/**
 * A hold with the lenders who were invited.
 */
export type HoldWithLenders = {
    /**
     * Opaque id of the hold.
     */
    hold_id: string;
    /**
     * Id of the loan.
     */
    loan_id: string;
    /**
     * `held`: mail waits for a decision. `noted`: nobody has decided, and mail does not wait. `released`, `rejected`: what an operator has decided.
     */
    status: 'held' | 'noted' | 'released' | 'rejected';
    /**
     * Whether mail waits for the decision. If not, the decision is a label for the next training only.
     */
    is_enforced: boolean;
    /**
     * Invitations that were made at once, all of them in this hold.
     */
    invitations: number;
    /**
     * Probability that they are abusive, 0 to 1, by the model; null where it could not be computed.
     */
    score: number | null;
    /**
     * What raised the score, the largest contribution first.
     */
    reasons: Array<{
        /**
         * Name of the feature in the model.
         */
        feature: string;
        /**
         * What it is about, in words.
         */
        label: string;
        /**
         * What it adds to the score, as log-odds.
         */
        contribution: number;
    }>;
    /**
     * Version of the model.
     */
    model_version: string;
    /**
     * When the invitations were made. RFC 3339, UTC.
     */
    invited_at: string;
    /**
     * When an operator decided; null before. RFC 3339, UTC.
     */
    decided_at: string | null;
    /**
     * Id of the user who decided; null before.
     */
    decided_by: string | null;
    /**
     * Who invites.
     */
    borrower: {
        /**
         * The name in the borrower’s token; null if it has none.
         */
        name: string | null;
        /**
         * Verified by the borrower’s sign-in.
         */
        email: string;
    };
    /**
     * The loan to which they are invited.
     */
    loan: {
        /**
         * What the borrower wants to raise. In major units of the loan’s currency.
         */
        amount: number;
        /**
         * ISO 4217.
         */
        currency: string;
        /**
         * What the loan is for, at most 500 characters; null if not given.
         */
        purpose: string | null;
    };
    /**
     * Who was invited, in the order of the request.
     */
    lenders: Array<{
        /**
         * The invited address, in canonical form.
         */
        email: string;
        /**
         * Display name that the borrower gave; null if they gave none.
         */
        name: string | null;
        /**
         * What the lender was invited to lend. In major units of the loan’s currency.
         */
        contribution_amount: number;
    }>;
};

/**
 * A file of lenders and its progress.
 */
export type Import = {
    /**
     * Id of the import.
     */
    import_id: string;
    /**
     * Id of the loan.
     */
    loan_id: string;
    /**
     * `waiting`: the invitations of this hour are used up, and the import resumes by itself at `resumes_at`. `failed`: see `failure`.
     */
    status: 'running' | 'waiting' | 'completed' | 'failed';
    /**
     * Whether each row is added by itself, or all or none.
     */
    mode: 'all_or_nothing' | 'per_row';
    /**
     * Why this mode, as a sentence.
     */
    mode_reason: string;
    /**
     * Determines the outcome of each row, but invites nobody.
     */
    dry_run: boolean;
    /**
     * Rows of the file.
     */
    rows_total: number;
    /**
     * Rows that have an outcome.
     */
    rows_done: number;
    /**
     * Number of rows by outcome; their sum is `rows_total`.
     */
    outcomes: {
        /**
         * Rows that are invited.
         */
        added: number;
        /**
         * Rows that would be invited; in a dry run.
         */
        would_be_added: number;
        /**
         * Rows whose address has a pending or accepted invitation.
         */
        already_invited: number;
        /**
         * Rows without a valid address or amount, or with an address of an earlier row.
         */
        invalid: number;
        /**
         * Rows that exceed what remained of the loan when they were processed.
         */
        over_funding: number;
        /**
         * Rows that are not processed yet.
         */
        pending: number;
        /**
         * Rows that the import did not reach before it ended.
         */
        not_added: number;
    };
    /**
     * Sum of the contributions that were added, or would be in a dry run. In major units of the loan’s currency.
     */
    amount_added: number;
    /**
     * When it continues: while `waiting`, or while `running` if its last step failed unexpectedly and is retried; else null. RFC 3339, UTC.
     */
    resumes_at: string | null;
    /**
     * When the file was accepted. RFC 3339, UTC.
     */
    created_at: string;
    /**
     * When it completed or failed; null before. RFC 3339, UTC.
     */
    ended_at: string | null;
    /**
     * Why it failed, as a sentence; else null.
     */
    failure: string | null;
    /**
     * `LOAN_NOT_OPEN`: the loan ended. `ROWS_NOT_ADDABLE`: a row could not be added, with `all_or_nothing`. `INTERNAL_ERROR`: an unexpected error, after many retries; the operator can resume the import. Null unless it failed.
     */
    failure_code: 'INTERNAL_ERROR' | 'LOAN_NOT_OPEN' | 'ROWS_NOT_ADDABLE' | null;
};

/**
 * A row of a file of lenders, with its outcome.
 */
export type ImportRow = {
    /**
     * Number of the row, from 1, without the header and empty lines.
     */
    row: number;
    /**
     * Line of the file on which the row begins, from 1.
     */
    line: number;
    /**
     * In canonical form; if invalid, as in the file.
     */
    email: string;
    /**
     * In major units; if invalid, as in the file.
     */
    contribution_amount: string;
    /**
     * Display name; if invalid, as in the file.
     */
    name?: string;
    /**
     * `not_added`: the import ended before this row. `would_be_added`: in a dry run.
     */
    outcome: 'added' | 'would_be_added' | 'already_invited' | 'invalid' | 'over_funding' | 'pending' | 'not_added';
    /**
     * Why it was not added: a code as in the `details` of an error.
     */
    code?: string;
    /**
     * With the code `INVALID`: what is wrong, for programs that have their own texts.
     */
    reason?: 'TOO_MANY_CELLS' | 'CELL_TOO_LONG' | 'TOO_MANY_ACCENTS' | 'EMAIL_MISSING' | 'EMAIL_INVALID' | 'EMAIL_INVISIBLE_CHARACTER' | 'AMOUNT_MISSING' | 'AMOUNT_MALFORMED' | 'AMOUNT_NEGATIVE' | 'AMOUNT_PERCENTAGE' | 'AMOUNT_ZERO' | 'AMOUNT_OTHER_CURRENCY' | 'AMOUNT_AMBIGUOUS' | 'AMOUNT_TOO_MANY_DECIMALS' | 'AMOUNT_TOO_MUCH' | 'NAME_INVALID';
    /**
     * Why it was not added, as a sentence.
     */
    message?: string;
    /**
     * Id of the lender, if the row is added.
     */
    lender_id?: string;
};

/**
 * An invitation as the invited lender sees it.
 */
export type Invitation = {
    /**
     * Opaque id of the address in this loan; the same in every round of invitation.
     */
    lender_id: string;
    /**
     * The invited address, in canonical form.
     */
    email: string;
    /**
     * Display name that the borrower gave, else the lender’s own once they have accepted. At most 80 characters.
     */
    name?: string;
    /**
     * What the lender is invited to lend. In major units of the loan’s currency.
     */
    contribution_amount: number;
    /**
     * State of the invitation. Past `expires_at` a pending one is `expired`; once the loan has ended it is `revoked`, or `expired` where that came first.
     */
    status: 'pending' | 'accepted' | 'declined' | 'revoked' | 'expired';
    /**
     * When this round of invitation began. RFC 3339, UTC.
     */
    invited_at: string;
    /**
     * Until when the lender can answer. RFC 3339, UTC.
     */
    expires_at: string;
    /**
     * Id of the loan.
     */
    loan_id: string;
    /**
     * Terms of the loan, whether it is open, and how much of it is accepted: of a closed one, what it is over.
     */
    loan: {
        /**
         * What the borrower wants to raise. In major units of the loan’s currency.
         */
        amount: number;
        /**
         * ISO 4217.
         */
        currency: string;
        /**
         * Nominal percent a year, 0 to 100, at most 3 decimals.
         */
        interest_rate: number;
        /**
         * Months until the loan is paid back, 1 to 480.
         */
        term_months: number;
        /**
         * What the loan is for, at most 500 characters; null if not given.
         */
        purpose: string | null;
        /**
         * An `open` loan can be changed. `funded`: all of it is accepted, or it was closed. `cancelled`: the borrower ended it.
         */
        status: 'open' | 'funded' | 'cancelled';
        /**
         * Contributions of accepted lenders. Every lender of the loan sees it: with few lenders, it reveals what the others lend. In major units of the loan’s currency.
         */
        total_accepted: number;
    };
    /**
     * Who invites.
     */
    borrower: {
        /**
         * Verified by the borrower’s sign-in.
         */
        email: string;
        /**
         * The name in the borrower’s token; null if it has none.
         */
        name: string | null;
    };
};

/**
 * A person’s part in one loan: an address, an amount, and the state of the invitation.
 */
export type Lender = {
    /**
     * Opaque id of the address in this loan; the same in every round of invitation.
     */
    lender_id: string;
    /**
     * The invited address, in canonical form.
     */
    email: string;
    /**
     * Display name that the borrower gave, else the lender’s own once they have accepted. At most 80 characters.
     */
    name?: string;
    /**
     * What the lender is invited to lend. In major units of the loan’s currency.
     */
    contribution_amount: number;
    /**
     * State of the invitation. Past `expires_at` a pending one is `expired`; once the loan has ended it is `revoked`, or `expired` where that came first.
     */
    status: 'pending' | 'accepted' | 'declined' | 'revoked' | 'expired';
    /**
     * When this round of invitation began. RFC 3339, UTC.
     */
    invited_at: string;
    /**
     * Until when the lender can answer. RFC 3339, UTC.
     */
    expires_at: string;
};

/**
 * What a borrower wants to raise, its terms, and how much of it is invited and accepted.
 */
export type Loan = {
    /**
     * Id of the loan.
     */
    loan_id: string;
    /**
     * What the borrower wants to raise. In major units of the loan’s currency.
     */
    amount: number;
    /**
     * ISO 4217.
     */
    currency: string;
    /**
     * Nominal percent a year, 0 to 100, at most 3 decimals.
     */
    interest_rate: number;
    /**
     * Months until the loan is paid back, 1 to 480.
     */
    term_months: number;
    /**
     * What the loan is for, at most 500 characters; null if not given.
     */
    purpose: string | null;
    /**
     * Contributions of pending and accepted lenders. Every lender of the loan sees it: with few lenders, it reveals what the others lend. In major units of the loan’s currency.
     */
    total_invited: number;
    /**
     * Contributions of accepted lenders. Every lender of the loan sees it: with few lenders, it reveals what the others lend. In major units of the loan’s currency.
     */
    total_accepted: number;
    /**
     * What can still be invited: amount − total_invited. Every lender of the loan sees it: with few lenders, it reveals what the others lend. In major units of the loan’s currency.
     */
    remaining: number;
    /**
     * Pending and accepted lenders. Every lender of the loan sees it: with few lenders, it reveals what the others lend.
     */
    lender_count: number;
    /**
     * An `open` loan can be changed. `funded`: all of it is accepted, or it was closed. `cancelled`: the borrower ended it.
     */
    status: 'open' | 'funded' | 'cancelled';
    /**
     * Increases by one with each change of the loan.
     */
    version: number;
    /**
     * When the loan was posted. RFC 3339, UTC.
     */
    created_at: string;
};

/**
 * The body of every error (RFC 9457).
 */
export type Problem = {
    /**
     * A URN of the code.
     */
    type: string;
    /**
     * The code in words.
     */
    title: string;
    /**
     * The HTTP status.
     */
    status: number;
    /**
     * What went wrong, for people.
     */
    detail: string;
    /**
     * Always false.
     */
    success: false;
    /**
     * The code, for programs.
     */
    error: 'VALIDATION_ERROR' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'NOT_FOUND' | 'METHOD_NOT_ALLOWED' | 'REQUEST_TIMEOUT' | 'CONFLICT' | 'PAYLOAD_TOO_LARGE' | 'UNSUPPORTED_MEDIA_TYPE' | 'EXPECTATION_FAILED' | 'IDEMPOTENCY_KEY_REUSED' | 'UPGRADE_REQUIRED' | 'TOO_MANY_REQUESTS' | 'HEADERS_TOO_LARGE' | 'INTERNAL_ERROR' | 'SERVICE_UNAVAILABLE';
    /**
     * The same as `detail`.
     */
    message: string;
    /**
     * Also in the header `X-Request-Id`. Quote it when you ask for help.
     */
    request_id: string;
    /**
     * Whether the same request, sent again later, may succeed.
     */
    retryable: boolean;
    /**
     * Seconds to wait; also in the header `Retry-After`.
     */
    retry_after?: number;
    /**
     * Every violation, in the order of the request; `message` is the first one’s.
     */
    details: Array<{
        /**
         * Where in the request.
         */
        path: string;
        /**
         * Which rule.
         */
        code: 'INVALID' | 'DUPLICATE_IN_REQUEST' | 'SELF_INVITATION' | 'TOO_MANY_LENDERS' | 'DUPLICATE_LENDER' | 'OVER_FUNDING';
        /**
         * What is wrong and how to fix it.
         */
        message: string;
    }>;
};

export type ListLoansData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * The caller’s role in the loans.
         */
        role?: 'borrower' | 'lender';
        /**
         * Items on a page, 1 to 100.
         */
        limit?: number;
        /**
         * `next_cursor` of the previous page, for the same user, call and filters; with others it is 400.
         */
        cursor?: string;
    };
    url: '/loans';
};

export type ListLoansErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The token’s e-mail address is not verified.
     */
    403: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * A limit is reached: on requests, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type ListLoansError = ListLoansErrors[keyof ListLoansErrors];

export type ListLoansResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * Loans on this page, the newest first.
         */
        loans: Array<Loan>;
        /**
         * Cursor of the next page, to be sent as `cursor`; null at the end.
         */
        next_cursor: string | null;
    };
};

export type ListLoansResponse = ListLoansResponses[keyof ListLoansResponses];

export type CreateLoanData = {
    body: {
        /**
         * Must be an amount above 0 in major units with at most the currency’s decimals, such as 5000, 49.99 or "5000.00"; at most 10^12 minor units.
         */
        amount: number | string;
        /**
         * ISO 4217, in capitals.
         */
        currency?: 'AED' | 'AFN' | 'ALL' | 'AMD' | 'AOA' | 'ARS' | 'AUD' | 'AWG' | 'AZN' | 'BAM' | 'BBD' | 'BDT' | 'BHD' | 'BIF' | 'BMD' | 'BND' | 'BOB' | 'BOV' | 'BRL' | 'BSD' | 'BTN' | 'BWP' | 'BYN' | 'BZD' | 'CAD' | 'CDF' | 'CHE' | 'CHF' | 'CHW' | 'CLF' | 'CLP' | 'CNY' | 'COP' | 'COU' | 'CRC' | 'CUP' | 'CVE' | 'CZK' | 'DJF' | 'DKK' | 'DOP' | 'DZD' | 'EGP' | 'ERN' | 'ETB' | 'EUR' | 'FJD' | 'FKP' | 'GBP' | 'GEL' | 'GHS' | 'GIP' | 'GMD' | 'GNF' | 'GTQ' | 'GYD' | 'HKD' | 'HNL' | 'HTG' | 'HUF' | 'IDR' | 'ILS' | 'INR' | 'IQD' | 'IRR' | 'ISK' | 'JMD' | 'JOD' | 'JPY' | 'KES' | 'KGS' | 'KHR' | 'KMF' | 'KPW' | 'KRW' | 'KWD' | 'KYD' | 'KZT' | 'LAK' | 'LBP' | 'LKR' | 'LRD' | 'LSL' | 'LYD' | 'MAD' | 'MDL' | 'MGA' | 'MKD' | 'MMK' | 'MNT' | 'MOP' | 'MRU' | 'MUR' | 'MVR' | 'MWK' | 'MXN' | 'MXV' | 'MYR' | 'MZN' | 'NAD' | 'NGN' | 'NIO' | 'NOK' | 'NPR' | 'NZD' | 'OMR' | 'PAB' | 'PEN' | 'PGK' | 'PHP' | 'PKR' | 'PLN' | 'PYG' | 'QAR' | 'RON' | 'RSD' | 'RUB' | 'RWF' | 'SAR' | 'SBD' | 'SCR' | 'SDG' | 'SEK' | 'SGD' | 'SHP' | 'SLE' | 'SOS' | 'SRD' | 'SSP' | 'STN' | 'SVC' | 'SYP' | 'SZL' | 'THB' | 'TJS' | 'TMT' | 'TND' | 'TOP' | 'TRY' | 'TTD' | 'TWD' | 'TZS' | 'UAH' | 'UGX' | 'USD' | 'USN' | 'UYI' | 'UYU' | 'UYW' | 'UZS' | 'VED' | 'VES' | 'VND' | 'VUV' | 'WST' | 'XAD' | 'XAF' | 'XCD' | 'XCG' | 'XOF' | 'XPF' | 'YER' | 'ZAR' | 'ZMW' | 'ZWG' | null;
        /**
         * Nominal percent a year, 0 to 100, at most 3 decimals.
         */
        interest_rate: number;
        /**
         * Months until the loan is paid back, 1 to 480.
         */
        term_months: number;
        /**
         * What the loan is for, in one line. At most 500 characters, no control characters.
         */
        purpose?: string | null;
        /**
         * Up to 20 lenders to invite with it: all are invited, or the loan is not created.
         */
        lenders?: Array<{
            /**
             * Compared, stored and shown trimmed, in lower case, the domain in its ASCII form (UTS 46). At most 254 characters, none of them invisible.
             */
            email: string;
            /**
             * Must be an amount above 0 in major units with at most the currency’s decimals, such as 5000, 49.99 or "5000.00"; at most 10^12 minor units.
             */
            contribution_amount: number | string;
            /**
             * Display name, on one line. At most 80 characters, no control characters.
             */
            name?: string | null;
        }> | null;
    };
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, bare or in double quotes, in which spaces may be too. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path?: never;
    query?: never;
    url: '/loans';
};

export type CreateLoanErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The token’s e-mail address is not verified.
     */
    403: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The body is larger than 64 KiB.
     */
    413: Problem;
    /**
     * The body is not sent as plain JSON.
     */
    415: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * The key was already used for a different request.
     */
    422: Problem;
    /**
     * A limit is reached: on requests, on invitations in an hour, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type CreateLoanError = CreateLoanErrors[keyof CreateLoanErrors];

export type CreateLoanResponses = {
    /**
     * Done.
     */
    201: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * The new loan.
         */
        loan: Loan;
        /**
         * Lenders that this request invited.
         */
        lenders_added: number;
        /**
         * The lenders that this request invited, in its order.
         */
        lenders: Array<Lender>;
        /**
         * Contributions of pending and accepted lenders. Every lender of the loan sees it: with few lenders, it reveals what the others lend. In major units of the loan’s currency.
         */
        total_invited: number;
        /**
         * What can still be invited: amount − total_invited. Every lender of the loan sees it: with few lenders, it reveals what the others lend. In major units of the loan’s currency.
         */
        remaining: number;
    };
};

export type CreateLoanResponse = CreateLoanResponses[keyof CreateLoanResponses];

export type ReadLoanData = {
    body?: never;
    path: {
        /**
         * Id of the loan. One that names nothing is 404.
         */
        loan_id: string;
    };
    query?: never;
    url: '/loans/{loan_id}';
};

export type ReadLoanErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The token’s e-mail address is not verified.
     */
    403: Problem;
    /**
     * There is no such thing, or the caller has no part in it.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * A limit is reached: on requests, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type ReadLoanError = ReadLoanErrors[keyof ReadLoanErrors];

export type ReadLoanResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * The loan.
         */
        loan: Loan;
        /**
         * Mails about pending invitations that have not left yet. They leave by themselves. Absent for a lender.
         */
        mails_on_their_way?: number;
    };
};

export type ReadLoanResponse = ReadLoanResponses[keyof ReadLoanResponses];

export type ListLendersData = {
    body?: never;
    path: {
        /**
         * Id of the loan. One that names nothing is 404.
         */
        loan_id: string;
    };
    query?: {
        /**
         * Only items with this status.
         */
        status?: 'pending' | 'accepted' | 'declined' | 'revoked' | 'expired';
        /**
         * Items on a page, 1 to 100.
         */
        limit?: number;
        /**
         * `next_cursor` of the previous page, for the same user, call and filters; with others it is 400.
         */
        cursor?: string;
    };
    url: '/loans/{loan_id}/lenders';
};

export type ListLendersErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The token’s e-mail address is not verified.
     */
    403: Problem;
    /**
     * There is no such thing, or the caller has no part in it.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * A limit is reached: on requests, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type ListLendersError = ListLendersErrors[keyof ListLendersErrors];

export type ListLendersResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * Lenders on this page.
         */
        lenders: Array<Lender>;
        /**
         * Cursor of the next page, to be sent as `cursor`; null at the end.
         */
        next_cursor: string | null;
    };
};

export type ListLendersResponse = ListLendersResponses[keyof ListLendersResponses];

export type AddLendersData = {
    body: {
        /**
         * 1 to 20 lenders: all are invited, or none.
         */
        lenders: Array<{
            /**
             * Compared, stored and shown trimmed, in lower case, the domain in its ASCII form (UTS 46). At most 254 characters, none of them invisible.
             */
            email: string;
            /**
             * Must be an amount above 0 in major units with at most the currency’s decimals, such as 5000, 49.99 or "5000.00"; at most 10^12 minor units.
             */
            contribution_amount: number | string;
            /**
             * Display name, on one line. At most 80 characters, no control characters.
             */
            name?: string | null;
        }>;
    };
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, bare or in double quotes, in which spaces may be too. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the loan. One that names nothing is 404.
         */
        loan_id: string;
    };
    query?: never;
    url: '/loans/{loan_id}/lenders';
};

export type AddLendersErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The user’s e-mail address is not verified, or the caller is not the borrower of this loan.
     */
    403: Problem;
    /**
     * There is no such thing, or the caller has no part in it.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The state of the loan, the invitation or the hold no longer allows this.
     */
    409: Problem;
    /**
     * The body is larger than 64 KiB.
     */
    413: Problem;
    /**
     * The body is not sent as plain JSON.
     */
    415: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * The key was already used for a different request.
     */
    422: Problem;
    /**
     * A limit is reached: on requests, on invitations in an hour, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type AddLendersError = AddLendersErrors[keyof AddLendersErrors];

export type AddLendersResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * Id of the loan.
         */
        loan_id: string;
        /**
         * Lenders that this request invited.
         */
        lenders_added: number;
        /**
         * Contributions of pending and accepted lenders. Every lender of the loan sees it: with few lenders, it reveals what the others lend. In major units of the loan’s currency.
         */
        total_invited: number;
        /**
         * What the borrower wants to raise. In major units of the loan’s currency.
         */
        loan_amount: number;
        /**
         * What can still be invited: amount − total_invited. Every lender of the loan sees it: with few lenders, it reveals what the others lend. In major units of the loan’s currency.
         */
        remaining: number;
        /**
         * ISO 4217.
         */
        currency: string;
        /**
         * The lenders that this request invited, in its order.
         */
        lenders: Array<Lender>;
    };
};

export type AddLendersResponse = AddLendersResponses[keyof AddLendersResponses];

export type RevokeLenderData = {
    body?: never;
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, bare or in double quotes, in which spaces may be too. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the loan. One that names nothing is 404.
         */
        loan_id: string;
        /**
         * Id of the lender in this loan. One that names nothing is 404.
         */
        lender_id: string;
    };
    query?: never;
    url: '/loans/{loan_id}/lenders/{lender_id}';
};

export type RevokeLenderErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The user’s e-mail address is not verified, or the caller is not the borrower of this loan.
     */
    403: Problem;
    /**
     * There is no such thing, or the caller has no part in it.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The state of the loan, the invitation or the hold no longer allows this.
     */
    409: Problem;
    /**
     * The body is larger than 64 KiB.
     */
    413: Problem;
    /**
     * The body is not sent as plain JSON.
     */
    415: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * The key was already used for a different request.
     */
    422: Problem;
    /**
     * A limit is reached: on requests, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type RevokeLenderError = RevokeLenderErrors[keyof RevokeLenderErrors];

export type RevokeLenderResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * The lender after the change.
         */
        lender: Lender;
        /**
         * The loan after the change.
         */
        loan: Loan;
    };
};

export type RevokeLenderResponse = RevokeLenderResponses[keyof RevokeLenderResponses];

export type ChangeLenderData = {
    body: {
        /**
         * Must be an amount above 0 in major units with at most the currency’s decimals, such as 5000, 49.99 or "5000.00"; at most 10^12 minor units.
         */
        contribution_amount: number | string;
    };
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, bare or in double quotes, in which spaces may be too. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the loan. One that names nothing is 404.
         */
        loan_id: string;
        /**
         * Id of the lender in this loan. One that names nothing is 404.
         */
        lender_id: string;
    };
    query?: never;
    url: '/loans/{loan_id}/lenders/{lender_id}';
};

export type ChangeLenderErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The user’s e-mail address is not verified, or the caller is not the borrower of this loan.
     */
    403: Problem;
    /**
     * There is no such thing, or the caller has no part in it.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The state of the loan, the invitation or the hold no longer allows this.
     */
    409: Problem;
    /**
     * The body is larger than 64 KiB.
     */
    413: Problem;
    /**
     * The body is not sent as plain JSON.
     */
    415: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * The key was already used for a different request.
     */
    422: Problem;
    /**
     * A limit is reached: on requests, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type ChangeLenderError = ChangeLenderErrors[keyof ChangeLenderErrors];

export type ChangeLenderResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * The lender after the change.
         */
        lender: Lender;
        /**
         * The loan after the change.
         */
        loan: Loan;
    };
};

export type ChangeLenderResponse = ChangeLenderResponses[keyof ChangeLenderResponses];

export type RemindLenderData = {
    body?: never;
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, bare or in double quotes, in which spaces may be too. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the loan. One that names nothing is 404.
         */
        loan_id: string;
        /**
         * Id of the lender in this loan. One that names nothing is 404.
         */
        lender_id: string;
    };
    query?: never;
    url: '/loans/{loan_id}/lenders/{lender_id}/reminders';
};

export type RemindLenderErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The user’s e-mail address is not verified, or the caller is not the borrower of this loan.
     */
    403: Problem;
    /**
     * There is no such thing, or the caller has no part in it.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The state of the loan, the invitation or the hold no longer allows this.
     */
    409: Problem;
    /**
     * The body is larger than 64 KiB.
     */
    413: Problem;
    /**
     * The body is not sent as plain JSON.
     */
    415: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * The key was already used for a different request.
     */
    422: Problem;
    /**
     * A limit is reached: on requests, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type RemindLenderError = RemindLenderErrors[keyof RemindLenderErrors];

export type RemindLenderResponses = {
    /**
     * Done.
     */
    202: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * The lender who is reminded.
         */
        lender: Lender;
        /**
         * When the lender can be reminded again. RFC 3339, UTC.
         */
        next_reminder_at: string;
    };
};

export type RemindLenderResponse = RemindLenderResponses[keyof RemindLenderResponses];

export type ImportLendersData = {
    /**
     * A header line and up to 10000 rows, at most 4 MiB, in UTF-8, separated by comma, semicolon or tab. Columns may have any order; other columns are ignored. `curl --data-binary @FILE.csv` sends a file.
     */
    body: string;
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, bare or in double quotes, in which spaces may be too. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the loan. One that names nothing is 404.
         */
        loan_id: string;
    };
    query?: {
        /**
         * all_or_nothing adds all rows in one transaction, at most 90, or none; per_row adds each row that can be added. Default: all_or_nothing for a file that one transaction holds, else per_row.
         */
        mode?: 'all_or_nothing' | 'per_row';
        /**
         * Only determines the outcome of each row: nobody is invited.
         */
        dry_run?: 'true' | 'false';
    };
    url: '/loans/{loan_id}/lenders/imports';
};

export type ImportLendersErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The user’s e-mail address is not verified, or the caller is not the borrower of this loan.
     */
    403: Problem;
    /**
     * There is no such thing, or the caller has no part in it.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The state of the loan, the invitation or the hold no longer allows this.
     */
    409: Problem;
    /**
     * The file is larger than 4 MiB.
     */
    413: Problem;
    /**
     * The body is not sent as plain CSV in UTF-8.
     */
    415: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * The key was already used for a different request.
     */
    422: Problem;
    /**
     * A limit is reached: on requests, on files in an hour, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type ImportLendersError = ImportLendersErrors[keyof ImportLendersErrors];

export type ImportLendersResponses = {
    /**
     * Done.
     */
    202: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * The import.
         */
        import: Import;
    };
};

export type ImportLendersResponse = ImportLendersResponses[keyof ImportLendersResponses];

export type ReadImportData = {
    body?: never;
    path: {
        /**
         * Id of the loan. One that names nothing is 404.
         */
        loan_id: string;
        /**
         * Id of the import. One that names nothing is 404.
         */
        import_id: string;
    };
    query?: never;
    url: '/loans/{loan_id}/lenders/imports/{import_id}';
};

export type ReadImportErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The token’s e-mail address is not verified.
     */
    403: Problem;
    /**
     * There is no such thing, or the caller has no part in it.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * A limit is reached: on requests, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type ReadImportError = ReadImportErrors[keyof ReadImportErrors];

export type ReadImportResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * The import.
         */
        import: Import;
    };
};

export type ReadImportResponse = ReadImportResponses[keyof ReadImportResponses];

export type ListImportRowsData = {
    body?: never;
    path: {
        /**
         * Id of the loan. One that names nothing is 404.
         */
        loan_id: string;
        /**
         * Id of the import. One that names nothing is 404.
         */
        import_id: string;
    };
    query?: {
        /**
         * Only rows with this outcome.
         */
        outcome?: 'added' | 'would_be_added' | 'already_invited' | 'invalid' | 'over_funding' | 'pending' | 'not_added';
        /**
         * Items on a page, 1 to 100.
         */
        limit?: number;
        /**
         * `next_cursor` of the previous page, for the same user, call and filters; with others it is 400.
         */
        cursor?: string;
    };
    url: '/loans/{loan_id}/lenders/imports/{import_id}/rows';
};

export type ListImportRowsErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The token’s e-mail address is not verified.
     */
    403: Problem;
    /**
     * There is no such thing, or the caller has no part in it.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * A limit is reached: on requests, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type ListImportRowsError = ListImportRowsErrors[keyof ListImportRowsErrors];

export type ListImportRowsResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * Rows on this page, in the order of the file.
         */
        rows: Array<ImportRow>;
        /**
         * Cursor of the next page, to be sent as `cursor`; null at the end.
         */
        next_cursor: string | null;
    };
};

export type ListImportRowsResponse = ListImportRowsResponses[keyof ListImportRowsResponses];

export type CloseLoanData = {
    body?: never;
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, bare or in double quotes, in which spaces may be too. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the loan. One that names nothing is 404.
         */
        loan_id: string;
    };
    query?: never;
    url: '/loans/{loan_id}/close';
};

export type CloseLoanErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The user’s e-mail address is not verified, or the caller is not the borrower of this loan.
     */
    403: Problem;
    /**
     * There is no such thing, or the caller has no part in it.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The state of the loan, the invitation or the hold no longer allows this.
     */
    409: Problem;
    /**
     * The body is larger than 64 KiB.
     */
    413: Problem;
    /**
     * The body is not sent as plain JSON.
     */
    415: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * The key was already used for a different request.
     */
    422: Problem;
    /**
     * A limit is reached: on requests, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type CloseLoanError = CloseLoanErrors[keyof CloseLoanErrors];

export type CloseLoanResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * The loan.
         */
        loan: Loan;
    };
};

export type CloseLoanResponse = CloseLoanResponses[keyof CloseLoanResponses];

export type CancelLoanData = {
    body?: never;
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, bare or in double quotes, in which spaces may be too. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the loan. One that names nothing is 404.
         */
        loan_id: string;
    };
    query?: never;
    url: '/loans/{loan_id}/cancel';
};

export type CancelLoanErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The user’s e-mail address is not verified, or the caller is not the borrower of this loan.
     */
    403: Problem;
    /**
     * There is no such thing, or the caller has no part in it.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The state of the loan, the invitation or the hold no longer allows this.
     */
    409: Problem;
    /**
     * The body is larger than 64 KiB.
     */
    413: Problem;
    /**
     * The body is not sent as plain JSON.
     */
    415: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * The key was already used for a different request.
     */
    422: Problem;
    /**
     * A limit is reached: on requests, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type CancelLoanError = CancelLoanErrors[keyof CancelLoanErrors];

export type CancelLoanResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * The loan.
         */
        loan: Loan;
    };
};

export type CancelLoanResponse = CancelLoanResponses[keyof CancelLoanResponses];

export type ReadEventsData = {
    body?: never;
    path: {
        /**
         * Id of the loan. One that names nothing is 404.
         */
        loan_id: string;
    };
    query?: {
        /**
         * `next_cursor` of the previous page, for the same user, call and filters; with others it is 400.
         */
        after?: string;
        /**
         * Items on a page, 1 to 100.
         */
        limit?: number;
    };
    url: '/loans/{loan_id}/events';
};

export type ReadEventsErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The token’s e-mail address is not verified.
     */
    403: Problem;
    /**
     * There is no such thing, or the caller has no part in it.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * A limit is reached: on requests, on open streams, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type ReadEventsError = ReadEventsErrors[keyof ReadEventsErrors];

export type ReadEventsResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * Events on this page, the oldest first.
         */
        events: Array<Event>;
        /**
         * Position after this page, to be sent as `after`; never null. A response with the cursor that was sent is the end for now: send it again for later events.
         */
        next_cursor: string;
    };
};

export type ReadEventsResponse = ReadEventsResponses[keyof ReadEventsResponses];

export type ListInvitationsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Only items with this status.
         */
        status?: 'pending' | 'accepted' | 'declined' | 'revoked' | 'expired';
        /**
         * Items on a page, 1 to 100.
         */
        limit?: number;
        /**
         * `next_cursor` of the previous page, for the same user, call and filters; with others it is 400.
         */
        cursor?: string;
    };
    url: '/invitations';
};

export type ListInvitationsErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The token’s e-mail address is not verified.
     */
    403: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * A limit is reached: on requests, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type ListInvitationsError = ListInvitationsErrors[keyof ListInvitationsErrors];

export type ListInvitationsResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * Invitations on this page, the newest first.
         */
        invitations: Array<Invitation>;
        /**
         * Cursor of the next page, to be sent as `cursor`; null at the end.
         */
        next_cursor: string | null;
    };
};

export type ListInvitationsResponse = ListInvitationsResponses[keyof ListInvitationsResponses];

export type AcceptInvitationData = {
    body?: {
        /**
         * The amount that the lender has seen. If it was changed since, nothing is accepted: 409.
         */
        contribution_amount?: number | string | null;
    };
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, bare or in double quotes, in which spaces may be too. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the loan. One that names nothing is 404.
         */
        loan_id: string;
    };
    query?: never;
    url: '/invitations/{loan_id}/accept';
};

export type AcceptInvitationErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The token’s e-mail address is not verified.
     */
    403: Problem;
    /**
     * There is no such thing, or the caller has no part in it.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The state of the loan, the invitation or the hold no longer allows this.
     */
    409: Problem;
    /**
     * The body is larger than 64 KiB.
     */
    413: Problem;
    /**
     * The body is not sent as plain JSON.
     */
    415: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * The key was already used for a different request.
     */
    422: Problem;
    /**
     * A limit is reached: on requests, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type AcceptInvitationError = AcceptInvitationErrors[keyof AcceptInvitationErrors];

export type AcceptInvitationResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * The invitation after the answer.
         */
        invitation: Invitation;
        /**
         * The loan after the change.
         */
        loan: Loan;
    };
};

export type AcceptInvitationResponse = AcceptInvitationResponses[keyof AcceptInvitationResponses];

export type DeclineInvitationData = {
    body?: never;
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, bare or in double quotes, in which spaces may be too. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the loan. One that names nothing is 404.
         */
        loan_id: string;
    };
    query?: never;
    url: '/invitations/{loan_id}/decline';
};

export type DeclineInvitationErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The token’s e-mail address is not verified.
     */
    403: Problem;
    /**
     * There is no such thing, or the caller has no part in it.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The state of the loan, the invitation or the hold no longer allows this.
     */
    409: Problem;
    /**
     * The body is larger than 64 KiB.
     */
    413: Problem;
    /**
     * The body is not sent as plain JSON.
     */
    415: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * The key was already used for a different request.
     */
    422: Problem;
    /**
     * A limit is reached: on requests, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type DeclineInvitationError = DeclineInvitationErrors[keyof DeclineInvitationErrors];

export type DeclineInvitationResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * The invitation after the answer.
         */
        invitation: Invitation;
        /**
         * The loan after the change.
         */
        loan: Loan;
    };
};

export type DeclineInvitationResponse = DeclineInvitationResponses[keyof DeclineInvitationResponses];

export type ListHoldsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * Only holds with this status. Left out, those that are `held` or `noted`.
         */
        status?: 'held' | 'noted' | 'released' | 'rejected';
        /**
         * Items on a page, 1 to 100.
         */
        limit?: number;
        /**
         * `next_cursor` of the previous page, for the same user, call and filters; with others it is 400.
         */
        cursor?: string;
    };
    url: '/operator/holds';
};

export type ListHoldsErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The caller is no operator, or the token’s e-mail address is not verified.
     */
    403: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * A limit is reached: on requests, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type ListHoldsError = ListHoldsErrors[keyof ListHoldsErrors];

export type ListHoldsResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * Holds on this page, the newest first.
         */
        holds: Array<Hold>;
        /**
         * Cursor of the next page, to be sent as `cursor`; null at the end.
         */
        next_cursor: string | null;
    };
};

export type ListHoldsResponse = ListHoldsResponses[keyof ListHoldsResponses];

export type ReadHoldData = {
    body?: never;
    path: {
        /**
         * Id of the hold. One that names nothing is 404.
         */
        hold_id: string;
    };
    query?: never;
    url: '/operator/holds/{hold_id}';
};

export type ReadHoldErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The caller is no operator, or the token’s e-mail address is not verified.
     */
    403: Problem;
    /**
     * There is no such thing, or the caller has no part in it.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * A limit is reached: on requests, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type ReadHoldError = ReadHoldErrors[keyof ReadHoldErrors];

export type ReadHoldResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * The hold.
         */
        hold: HoldWithLenders;
    };
};

export type ReadHoldResponse = ReadHoldResponses[keyof ReadHoldResponses];

export type ReleaseHoldData = {
    body?: never;
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, bare or in double quotes, in which spaces may be too. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the hold. One that names nothing is 404.
         */
        hold_id: string;
    };
    query?: never;
    url: '/operator/holds/{hold_id}/release';
};

export type ReleaseHoldErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The caller is no operator, or the token’s e-mail address is not verified.
     */
    403: Problem;
    /**
     * There is no such thing, or the caller has no part in it.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The state of the loan, the invitation or the hold no longer allows this.
     */
    409: Problem;
    /**
     * The body is larger than 64 KiB.
     */
    413: Problem;
    /**
     * The body is not sent as plain JSON.
     */
    415: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * The key was already used for a different request.
     */
    422: Problem;
    /**
     * A limit is reached: on requests, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type ReleaseHoldError = ReleaseHoldErrors[keyof ReleaseHoldErrors];

export type ReleaseHoldResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * The hold after the decision.
         */
        hold: Hold;
    };
};

export type ReleaseHoldResponse = ReleaseHoldResponses[keyof ReleaseHoldResponses];

export type RejectHoldData = {
    body?: never;
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, bare or in double quotes, in which spaces may be too. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the hold. One that names nothing is 404.
         */
        hold_id: string;
    };
    query?: never;
    url: '/operator/holds/{hold_id}/reject';
};

export type RejectHoldErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The caller is no operator, or the token’s e-mail address is not verified.
     */
    403: Problem;
    /**
     * There is no such thing, or the caller has no part in it.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The state of the loan, the invitation or the hold no longer allows this.
     */
    409: Problem;
    /**
     * The body is larger than 64 KiB.
     */
    413: Problem;
    /**
     * The body is not sent as plain JSON.
     */
    415: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * The key was already used for a different request.
     */
    422: Problem;
    /**
     * A limit is reached: on requests, or of the database.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type RejectHoldError = RejectHoldErrors[keyof RejectHoldErrors];

export type RejectHoldResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * The hold after the decision.
         */
        hold: Hold;
    };
};

export type RejectHoldResponse = RejectHoldResponses[keyof RejectHoldResponses];

export type BeginSignInData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * The path of this server to come back to. Others are replaced by `/`.
         */
        return_to?: string;
    };
    url: '/auth/login';
};

export type BeginSignInErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * Too many requests, or connections, of the network address.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type BeginSignInError = BeginSignInErrors[keyof BeginSignInErrors];

export type FinishSignInData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * As the issuer sends it (RFC 6749).
         */
        code?: string;
        /**
         * As the issuer sends it (RFC 6749).
         */
        state?: string;
        /**
         * As the issuer sends it (RFC 6749).
         */
        error?: string;
    };
    url: '/auth/callback';
};

export type FinishSignInErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * Too many requests, or connections, of the network address.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type FinishSignInError = FinishSignInErrors[keyof FinishSignInErrors];

export type ReadMeData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/auth/me';
};

export type ReadMeErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * Too many requests, or connections, of the network address.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type ReadMeError = ReadMeErrors[keyof ReadMeErrors];

export type ReadMeResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * How users sign in: by a code sent by e-mail, at an OpenID Connect issuer, or, for development, as anyone.
         */
        sign_in: 'email' | 'oidc' | 'local';
        /**
         * Null where nobody is signed in.
         */
        user: {
            /**
             * Id of the user.
             */
            user_id: string;
            /**
             * The verified address; null without one.
             */
            email: string | null;
            /**
             * Display name; null without one.
             */
            name: string | null;
            /**
             * Whether the user may see and decide the holds of all borrowers.
             */
            is_operator: boolean;
            /**
             * When the session or token ends.
             */
            expires_at: string;
        } | null;
        /**
         * Of the feed, where it is on another host; null where events are read from this one.
         */
        feed_url: string | null;
        /**
         * OpenID Connect issuer; null for other kinds of sign-in.
         */
        issuer: string | null;
        /**
         * With which programs sign in at the issuer; null where it is not set.
         */
        client_id: string | null;
    };
};

export type ReadMeResponse = ReadMeResponses[keyof ReadMeResponses];

export type ChangeNameData = {
    body: {
        /**
         * The new display name: text of 1 to 80 characters on one line, without control characters.
         */
        name: string;
    };
    path?: never;
    query?: never;
    url: '/auth/me';
};

export type ChangeNameErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The user’s e-mail address is not verified. The cookie of a session comes from a page of another origin.
     */
    403: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The name comes from the OpenID Connect issuer.
     */
    409: Problem;
    /**
     * The body is larger than 64 KiB.
     */
    413: Problem;
    /**
     * The body is not sent as plain JSON.
     */
    415: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * Too many requests, or connections, of the network address.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type ChangeNameError = ChangeNameErrors[keyof ChangeNameErrors];

export type ChangeNameResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * How users sign in: by a code sent by e-mail, at an OpenID Connect issuer, or, for development, as anyone.
         */
        sign_in: 'email' | 'oidc' | 'local';
        /**
         * Null where nobody is signed in.
         */
        user: {
            /**
             * Id of the user.
             */
            user_id: string;
            /**
             * The verified address; null without one.
             */
            email: string | null;
            /**
             * Display name; null without one.
             */
            name: string | null;
            /**
             * Whether the user may see and decide the holds of all borrowers.
             */
            is_operator: boolean;
            /**
             * When the session or token ends.
             */
            expires_at: string;
        } | null;
        /**
         * Of the feed, where it is on another host; null where events are read from this one.
         */
        feed_url: string | null;
        /**
         * OpenID Connect issuer; null for other kinds of sign-in.
         */
        issuer: string | null;
        /**
         * With which programs sign in at the issuer; null where it is not set.
         */
        client_id: string | null;
    };
};

export type ChangeNameResponse = ChangeNameResponses[keyof ChangeNameResponses];

export type SignOutData = {
    body: {
        /**
         * Whether all sessions of the user end, and not this one alone.
         */
        everywhere?: boolean | null;
    };
    path?: never;
    query?: never;
    url: '/auth/logout';
};

export type SignOutErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The cookie of a session comes from a page of another origin.
     */
    403: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The body is larger than 64 KiB.
     */
    413: Problem;
    /**
     * The body is not sent as plain JSON.
     */
    415: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * Too many requests, or connections, of the network address.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type SignOutError = SignOutErrors[keyof SignOutErrors];

export type SignOutResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * A page of the issuer that ends the session there too; null where there is none.
         */
        logout_url: string | null;
    };
};

export type SignOutResponse = SignOutResponses[keyof SignOutResponses];

export type CreateFeedTicketData = {
    body: {
        /**
         * The loan to subscribe to.
         */
        loan_id: string;
    };
    path?: never;
    query?: never;
    url: '/auth/feed-tickets';
};

export type CreateFeedTicketErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The token is missing, expired, or not valid here.
     */
    401: Problem;
    /**
     * The user’s e-mail address is not verified. The cookie of a session comes from a page of another origin.
     */
    403: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The body is larger than 64 KiB.
     */
    413: Problem;
    /**
     * The body is not sent as plain JSON.
     */
    415: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * Too many requests, or connections, of the network address.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type CreateFeedTicketError = CreateFeedTicketErrors[keyof CreateFeedTicketErrors];

export type CreateFeedTicketResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * For `token` of `subscribe`.
         */
        ticket: string;
        /**
         * Seconds in which to subscribe.
         */
        expires_in: number;
    };
};

export type CreateFeedTicketResponse = CreateFeedTicketResponses[keyof CreateFeedTicketResponses];

export type RequestSignInCodeData = {
    body: {
        /**
         * Compared, stored and shown trimmed, in lower case, the domain in its ASCII form (UTS 46). At most 254 characters, none of them invisible.
         */
        email: string;
        /**
         * Of the mail. Left out, it is that of the server’s other mails.
         */
        language?: 'en' | 'de' | null;
    };
    path?: never;
    query?: never;
    url: '/auth/email';
};

export type RequestSignInCodeErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * The request comes from a page of another origin, which is not one of `CORS_ORIGINS`.
     */
    403: Problem;
    /**
     * Users do not sign in by e-mail here.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The body is larger than 64 KiB.
     */
    413: Problem;
    /**
     * The body is not sent as plain JSON.
     */
    415: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * Too many requests of the network address, or too many codes for the address, from the network, or in all.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type RequestSignInCodeError = RequestSignInCodeErrors[keyof RequestSignInCodeErrors];

export type RequestSignInCodeResponses = {
    /**
     * Accepted.
     */
    202: {
        /**
         * Always true; an error has false.
         */
        success: true;
        /**
         * Belongs to the code: send both together.
         */
        challenge: string;
        /**
         * Seconds until the code expires.
         */
        expires_in: number;
    };
};

export type RequestSignInCodeResponse = RequestSignInCodeResponses[keyof RequestSignInCodeResponses];

export type SignInByEmailData = {
    body: {
        /**
         * The one that came with the response to the request for the code.
         */
        challenge: string;
        /**
         * The 8 digits of the e-mail; spaces and hyphens are ignored.
         */
        code: string;
        /**
         * Display name, on one line. At most 80 characters, no control characters.
         */
        name?: string | null;
    };
    path?: never;
    query?: never;
    url: '/auth/email/verify';
};

export type SignInByEmailErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * A request with `X-Lending-Console` comes from a page of another origin.
     */
    403: Problem;
    /**
     * Users do not sign in by e-mail here.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The body is larger than 64 KiB.
     */
    413: Problem;
    /**
     * The body is not sent as plain JSON.
     */
    415: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * Too many requests, or connections, of the network address.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type SignInByEmailError = SignInByEmailErrors[keyof SignInByEmailErrors];

export type SignInByEmailResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * A JSON Web Token, to be sent as `Authorization: Bearer TOKEN`. Left out for the console, which gets a cookie.
         */
        token?: string;
        /**
         * Id of the user; the same for the same address, also after a restart.
         */
        user_id: string;
        /**
         * Seconds until the session ends, and the token with it.
         */
        expires_in: number;
        /**
         * Always true; an error has false.
         */
        success: true;
    };
};

export type SignInByEmailResponse = SignInByEmailResponses[keyof SignInByEmailResponses];

export type SigningKeysData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/auth/jwks.json';
};

export type SigningKeysErrors = {
    /**
     * The request is malformed or breaks a rule; `details` lists every violation.
     */
    400: Problem;
    /**
     * Users do not sign in by e-mail here.
     */
    404: Problem;
    /**
     * The path does not take this method; `Allow` names those that it takes.
     */
    405: Problem;
    /**
     * The request does not arrive in time.
     */
    408: Problem;
    /**
     * The request has an `Expect` other than `100-continue`.
     */
    417: Problem;
    /**
     * Too many requests, or connections, of the network address.
     */
    429: Problem;
    /**
     * The headers are too large.
     */
    431: Problem;
    /**
     * An unexpected error on our side.
     */
    500: Problem;
    /**
     * The database or the sign-in provider can’t be reached, too many changes came at once, or the program is starting.
     */
    503: Problem;
};

export type SigningKeysError = SigningKeysErrors[keyof SigningKeysErrors];

export type SigningKeysResponses = {
    /**
     * Done.
     */
    200: {
        /**
         * JSON Web Keys (RFC 7517), oldest first.
         */
        keys: Array<{
            /**
             * Type of the key.
             */
            kty: 'EC';
            /**
             * Its curve.
             */
            crv: 'P-256';
            /**
             * A coordinate, base64url.
             */
            x: string;
            /**
             * The other one.
             */
            y: string;
            /**
             * The algorithm that it signs with.
             */
            alg: 'ES256';
            /**
             * What it is for.
             */
            use: 'sig';
            /**
             * The id that tokens name.
             */
            kid: string;
            [key: string]: unknown;
        }>;
    };
};

export type SigningKeysResponse = SigningKeysResponses[keyof SigningKeysResponses];
