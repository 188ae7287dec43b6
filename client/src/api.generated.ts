// Generated from the OpenAPI document by tools/api-types.ts. Do not edit.

export type ClientOptions = {
    baseUrl: `${string}://${string}` | (string & {});
};

export type Event = {
    event_id: string;
    type: 'loan.created' | 'loan.funded' | 'loan.closed' | 'loan.cancelled' | 'lender.invited' | 'lender.changed' | 'lender.accepted' | 'lender.declined' | 'lender.revoked' | 'lender.expired';
    loan_id: string;
    /**
     * RFC 3339, UTC.
     */
    at: string;
    actor: 'borrower' | 'lender' | 'system';
    /**
     * Only visible to the user who acted.
     */
    request_id?: string;
    data: {
        /**
         * The loan after the change.
         */
        loan: {
            /**
             * Contributions of pending and accepted lenders.
             */
            total_invited: number;
            /**
             * Major units of the loan’s currency.
             */
            total_accepted: number;
            /**
             * amount − total_invited
             */
            remaining: number;
            /**
             * Pending and accepted lenders.
             */
            lender_count: number;
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
             * Major units of the loan’s currency.
             */
            amount: number;
            /**
             * ISO 4217.
             */
            currency: string;
            /**
             * Nominal percent a year.
             */
            interest_rate: number;
            term_months: number;
            purpose: string | null;
        };
        /**
         * With `lender.*`.
         */
        lender?: Lender;
        /**
         * Progress of the import that caused the event; only visible to the borrower.
         */
        import?: {
            import_id: string;
            rows_total: number;
            rows_done: number;
        };
    };
};

export type Import = {
    import_id: string;
    loan_id: string;
    /**
     * `waiting`: the invitations of this hour are used up, and the import resumes by itself at `resumes_at`. `failed`: see `failure`.
     */
    status: 'running' | 'waiting' | 'completed' | 'failed';
    mode: 'all_or_nothing' | 'per_row';
    mode_reason: string;
    /**
     * Determines the outcome of each row, but invites nobody.
     */
    dry_run: boolean;
    rows_total: number;
    rows_done: number;
    /**
     * Number of rows by outcome; their sum is `rows_total`.
     */
    outcomes: {
        added: number;
        would_be_added: number;
        already_invited: number;
        invalid: number;
        over_funding: number;
        pending: number;
        not_added: number;
    };
    /**
     * Sum of the contributions that were added, or would be in a dry run.
     */
    amount_added: number;
    /**
     * When it continues: while `waiting`, or while `running` if its last step failed unexpectedly and is retried.
     */
    resumes_at: string | null;
    /**
     * RFC 3339, UTC.
     */
    created_at: string;
    /**
     * RFC 3339, UTC.
     */
    ended_at: string | null;
    /**
     * Why it failed, as a sentence.
     */
    failure: string | null;
    /**
     * `LOAN_NOT_OPEN`: the loan ended. `ROWS_NOT_ADDABLE`: a row could not be added, with `all_or_nothing`. `INTERNAL_ERROR`: an unexpected error, after many retries; the operator can resume the import.
     */
    failure_code: 'INTERNAL_ERROR' | 'LOAN_NOT_OPEN' | 'ROWS_NOT_ADDABLE' | null;
};

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
    name?: string;
    /**
     * `not_added`: the import ended before this row. `would_be_added`: in a dry run.
     */
    outcome: 'added' | 'would_be_added' | 'already_invited' | 'invalid' | 'over_funding' | 'pending' | 'not_added';
    /**
     * Why it was not added: a code as in the `details` of an error.
     */
    code?: string;
    message?: string;
    lender_id?: string;
};

export type Invitation = {
    lender_id: string;
    email: string;
    name?: string;
    /**
     * Major units of the loan’s currency.
     */
    contribution_amount: number;
    status: 'pending' | 'accepted' | 'declined' | 'revoked' | 'expired';
    /**
     * RFC 3339, UTC.
     */
    invited_at: string;
    /**
     * RFC 3339, UTC.
     */
    expires_at: string;
    loan_id: string;
    loan: {
        /**
         * Major units of the loan’s currency.
         */
        amount: number;
        /**
         * ISO 4217.
         */
        currency: string;
        /**
         * Nominal percent a year.
         */
        interest_rate: number;
        term_months: number;
        purpose: string | null;
        status: 'open' | 'funded' | 'cancelled';
    };
    borrower: {
        /**
         * Verified by the borrower’s sign-in.
         */
        email: string;
        name: string | null;
    };
};

export type Lender = {
    lender_id: string;
    email: string;
    name?: string;
    /**
     * Major units of the loan’s currency.
     */
    contribution_amount: number;
    status: 'pending' | 'accepted' | 'declined' | 'revoked' | 'expired';
    /**
     * RFC 3339, UTC.
     */
    invited_at: string;
    /**
     * RFC 3339, UTC.
     */
    expires_at: string;
};

export type Loan = {
    loan_id: string;
    /**
     * Major units of the loan’s currency.
     */
    amount: number;
    /**
     * ISO 4217.
     */
    currency: string;
    /**
     * Nominal percent a year.
     */
    interest_rate: number;
    term_months: number;
    purpose: string | null;
    /**
     * Contributions of pending and accepted lenders.
     */
    total_invited: number;
    /**
     * Major units of the loan’s currency.
     */
    total_accepted: number;
    /**
     * amount − total_invited
     */
    remaining: number;
    /**
     * Pending and accepted lenders.
     */
    lender_count: number;
    status: 'open' | 'funded' | 'cancelled';
    /**
     * Increases by one with each change of the loan.
     */
    version: number;
    /**
     * RFC 3339, UTC.
     */
    created_at: string;
};

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
         * Where in the request, such as `lenders[1].email`.
         */
        path: string;
        /**
         * Which rule.
         */
        code: 'INVALID' | 'DUPLICATE_IN_REQUEST' | 'SELF_INVITATION' | 'TOO_MANY_LENDERS' | 'DUPLICATE_LENDER' | 'OVER_FUNDING';
        /**
         * How to fix it.
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
         * `next_cursor` of the previous page, for the same user, call and filters.
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
     * The database or the sign-in provider can’t be reached, or too many changes came at once.
     */
    503: Problem;
};

export type ListLoansError = ListLoansErrors[keyof ListLoansErrors];

export type ListLoansResponses = {
    /**
     * Done.
     */
    200: {
        success: true;
        loans: Array<Loan>;
        /**
         * Cursor of the next page; null at the end.
         */
        next_cursor: string | null;
    };
};

export type ListLoansResponse = ListLoansResponses[keyof ListLoansResponses];

export type CreateLoanData = {
    body: {
        /**
         * In major units: an amount above 0 in major units with at most the currency’s decimals, such as 5000, 49.99 or "5000.00".
         */
        amount: number | string;
        /**
         * ISO 4217.
         */
        currency?: 'AED' | 'AFN' | 'ALL' | 'AMD' | 'AOA' | 'ARS' | 'AUD' | 'AWG' | 'AZN' | 'BAM' | 'BBD' | 'BDT' | 'BHD' | 'BIF' | 'BMD' | 'BND' | 'BOB' | 'BOV' | 'BRL' | 'BSD' | 'BTN' | 'BWP' | 'BYN' | 'BZD' | 'CAD' | 'CDF' | 'CHE' | 'CHF' | 'CHW' | 'CLF' | 'CLP' | 'CNY' | 'COP' | 'COU' | 'CRC' | 'CUP' | 'CVE' | 'CZK' | 'DJF' | 'DKK' | 'DOP' | 'DZD' | 'EGP' | 'ERN' | 'ETB' | 'EUR' | 'FJD' | 'FKP' | 'GBP' | 'GEL' | 'GHS' | 'GIP' | 'GMD' | 'GNF' | 'GTQ' | 'GYD' | 'HKD' | 'HNL' | 'HTG' | 'HUF' | 'IDR' | 'ILS' | 'INR' | 'IQD' | 'IRR' | 'ISK' | 'JMD' | 'JOD' | 'JPY' | 'KES' | 'KGS' | 'KHR' | 'KMF' | 'KPW' | 'KRW' | 'KWD' | 'KYD' | 'KZT' | 'LAK' | 'LBP' | 'LKR' | 'LRD' | 'LSL' | 'LYD' | 'MAD' | 'MDL' | 'MGA' | 'MKD' | 'MMK' | 'MNT' | 'MOP' | 'MRU' | 'MUR' | 'MVR' | 'MWK' | 'MXN' | 'MXV' | 'MYR' | 'MZN' | 'NAD' | 'NGN' | 'NIO' | 'NOK' | 'NPR' | 'NZD' | 'OMR' | 'PAB' | 'PEN' | 'PGK' | 'PHP' | 'PKR' | 'PLN' | 'PYG' | 'QAR' | 'RON' | 'RSD' | 'RUB' | 'RWF' | 'SAR' | 'SBD' | 'SCR' | 'SDG' | 'SEK' | 'SGD' | 'SHP' | 'SLE' | 'SOS' | 'SRD' | 'SSP' | 'STN' | 'SVC' | 'SYP' | 'SZL' | 'THB' | 'TJS' | 'TMT' | 'TND' | 'TOP' | 'TRY' | 'TTD' | 'TWD' | 'TZS' | 'UAH' | 'UGX' | 'USD' | 'USN' | 'UYI' | 'UYU' | 'UYW' | 'UZS' | 'VED' | 'VES' | 'VND' | 'VUV' | 'WST' | 'XAD' | 'XAF' | 'XCD' | 'XCG' | 'XOF' | 'XPF' | 'YER' | 'ZAR' | 'ZMW' | 'ZWG' | null;
        /**
         * Nominal percent a year, at most 3 decimals.
         */
        interest_rate: number;
        /**
         * Months until the loan is paid back.
         */
        term_months: number;
        /**
         * What the loan is for, in one line.
         */
        purpose?: string | null;
        /**
         * Up to 20 lenders to invite with it: all are invited, or the loan is not created.
         */
        lenders?: Array<{
            /**
             * Compared, stored and shown trimmed, in lower case, the domain in its ASCII form (UTS 46). Invisible characters are rejected.
             */
            email: string;
            /**
             * In major units: an amount above 0 in major units with at most the currency’s decimals, such as 5000, 49.99 or "5000.00".
             */
            contribution_amount: number | string;
            /**
             * Display name.
             */
            name?: string | null;
        }> | null;
    };
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, quoted or bare. A repeat of the same request gets the first response.
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
     * The database or the sign-in provider can’t be reached, or too many changes came at once.
     */
    503: Problem;
};

export type CreateLoanError = CreateLoanErrors[keyof CreateLoanErrors];

export type CreateLoanResponses = {
    /**
     * Done.
     */
    201: {
        success: true;
        loan: Loan;
        lenders_added: number;
        lenders: Array<Lender>;
        /**
         * Major units of the loan’s currency.
         */
        total_invited: number;
        /**
         * Major units of the loan’s currency.
         */
        remaining: number;
    };
};

export type CreateLoanResponse = CreateLoanResponses[keyof CreateLoanResponses];

export type ReadLoanData = {
    body?: never;
    path: {
        /**
         * Id of the loan.
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
     * The database or the sign-in provider can’t be reached, or too many changes came at once.
     */
    503: Problem;
};

export type ReadLoanError = ReadLoanErrors[keyof ReadLoanErrors];

export type ReadLoanResponses = {
    /**
     * Done.
     */
    200: {
        success: true;
        loan: Loan;
    };
};

export type ReadLoanResponse = ReadLoanResponses[keyof ReadLoanResponses];

export type ListLendersData = {
    body?: never;
    path: {
        /**
         * Id of the loan.
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
         * `next_cursor` of the previous page, for the same user, call and filters.
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
     * The database or the sign-in provider can’t be reached, or too many changes came at once.
     */
    503: Problem;
};

export type ListLendersError = ListLendersErrors[keyof ListLendersErrors];

export type ListLendersResponses = {
    /**
     * Done.
     */
    200: {
        success: true;
        lenders: Array<Lender>;
        /**
         * Cursor of the next page; null at the end.
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
             * Compared, stored and shown trimmed, in lower case, the domain in its ASCII form (UTS 46). Invisible characters are rejected.
             */
            email: string;
            /**
             * In major units: an amount above 0 in major units with at most the currency’s decimals, such as 5000, 49.99 or "5000.00".
             */
            contribution_amount: number | string;
            /**
             * Display name.
             */
            name?: string | null;
        }>;
    };
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, quoted or bare. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the loan.
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
     * The token’s e-mail address is not verified, or the caller is not the borrower of this loan.
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
     * The state of the loan or the invitation no longer allows this.
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
     * The database or the sign-in provider can’t be reached, or too many changes came at once.
     */
    503: Problem;
};

export type AddLendersError = AddLendersErrors[keyof AddLendersErrors];

export type AddLendersResponses = {
    /**
     * Done.
     */
    200: {
        success: true;
        loan_id: string;
        lenders_added: number;
        /**
         * Major units of the loan’s currency.
         */
        total_invited: number;
        /**
         * Major units of the loan’s currency.
         */
        loan_amount: number;
        /**
         * Major units of the loan’s currency.
         */
        remaining: number;
        currency: string;
        lenders: Array<Lender>;
    };
};

export type AddLendersResponse = AddLendersResponses[keyof AddLendersResponses];

export type RevokeLenderData = {
    body?: never;
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, quoted or bare. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the loan.
         */
        loan_id: string;
        /**
         * Id of the lender in this loan.
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
     * The token’s e-mail address is not verified, or the caller is not the borrower of this loan.
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
     * The state of the loan or the invitation no longer allows this.
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
     * The database or the sign-in provider can’t be reached, or too many changes came at once.
     */
    503: Problem;
};

export type RevokeLenderError = RevokeLenderErrors[keyof RevokeLenderErrors];

export type RevokeLenderResponses = {
    /**
     * Done.
     */
    200: {
        success: true;
        lender: Lender;
        loan: Loan;
    };
};

export type RevokeLenderResponse = RevokeLenderResponses[keyof RevokeLenderResponses];

export type ChangeLenderData = {
    body: {
        /**
         * In major units: an amount above 0 in major units with at most the currency’s decimals, such as 5000, 49.99 or "5000.00".
         */
        contribution_amount: number | string;
    };
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, quoted or bare. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the loan.
         */
        loan_id: string;
        /**
         * Id of the lender in this loan.
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
     * The token’s e-mail address is not verified, or the caller is not the borrower of this loan.
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
     * The state of the loan or the invitation no longer allows this.
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
     * The database or the sign-in provider can’t be reached, or too many changes came at once.
     */
    503: Problem;
};

export type ChangeLenderError = ChangeLenderErrors[keyof ChangeLenderErrors];

export type ChangeLenderResponses = {
    /**
     * Done.
     */
    200: {
        success: true;
        lender: Lender;
        loan: Loan;
    };
};

export type ChangeLenderResponse = ChangeLenderResponses[keyof ChangeLenderResponses];

export type RemindLenderData = {
    body?: never;
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, quoted or bare. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the loan.
         */
        loan_id: string;
        /**
         * Id of the lender in this loan.
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
     * The token’s e-mail address is not verified, or the caller is not the borrower of this loan.
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
     * The state of the loan or the invitation no longer allows this.
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
     * The database or the sign-in provider can’t be reached, or too many changes came at once.
     */
    503: Problem;
};

export type RemindLenderError = RemindLenderErrors[keyof RemindLenderErrors];

export type RemindLenderResponses = {
    /**
     * Done.
     */
    202: {
        success: true;
        lender: Lender;
        /**
         * RFC 3339, UTC.
         */
        next_reminder_at: string;
    };
};

export type RemindLenderResponse = RemindLenderResponses[keyof RemindLenderResponses];

export type ImportLendersData = {
    /**
     * A header line and up to 10000 rows, at most 4 MiB, in UTF-8, separated by comma, semicolon or tab. Columns email, contribution_amount and optionally name, in any order; other columns are ignored.
     */
    body: string;
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, quoted or bare. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the loan.
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
     * The token’s e-mail address is not verified, or the caller is not the borrower of this loan.
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
     * The state of the loan or the invitation no longer allows this.
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
     * The database or the sign-in provider can’t be reached, or too many changes came at once.
     */
    503: Problem;
};

export type ImportLendersError = ImportLendersErrors[keyof ImportLendersErrors];

export type ImportLendersResponses = {
    /**
     * Done.
     */
    202: {
        success: true;
        import: Import;
    };
};

export type ImportLendersResponse = ImportLendersResponses[keyof ImportLendersResponses];

export type ReadImportData = {
    body?: never;
    path: {
        /**
         * Id of the loan.
         */
        loan_id: string;
        /**
         * Id of the import.
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
     * The database or the sign-in provider can’t be reached, or too many changes came at once.
     */
    503: Problem;
};

export type ReadImportError = ReadImportErrors[keyof ReadImportErrors];

export type ReadImportResponses = {
    /**
     * Done.
     */
    200: {
        success: true;
        import: Import;
    };
};

export type ReadImportResponse = ReadImportResponses[keyof ReadImportResponses];

export type ListImportRowsData = {
    body?: never;
    path: {
        /**
         * Id of the loan.
         */
        loan_id: string;
        /**
         * Id of the import.
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
         * `next_cursor` of the previous page, for the same user, call and filters.
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
     * The database or the sign-in provider can’t be reached, or too many changes came at once.
     */
    503: Problem;
};

export type ListImportRowsError = ListImportRowsErrors[keyof ListImportRowsErrors];

export type ListImportRowsResponses = {
    /**
     * Done.
     */
    200: {
        success: true;
        rows: Array<ImportRow>;
        /**
         * Cursor of the next page; null at the end.
         */
        next_cursor: string | null;
    };
};

export type ListImportRowsResponse = ListImportRowsResponses[keyof ListImportRowsResponses];

export type CloseLoanData = {
    body?: never;
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, quoted or bare. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the loan.
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
     * The token’s e-mail address is not verified, or the caller is not the borrower of this loan.
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
     * The state of the loan or the invitation no longer allows this.
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
     * The database or the sign-in provider can’t be reached, or too many changes came at once.
     */
    503: Problem;
};

export type CloseLoanError = CloseLoanErrors[keyof CloseLoanErrors];

export type CloseLoanResponses = {
    /**
     * Done.
     */
    200: {
        success: true;
        loan: Loan;
    };
};

export type CloseLoanResponse = CloseLoanResponses[keyof CloseLoanResponses];

export type CancelLoanData = {
    body?: never;
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, quoted or bare. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the loan.
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
     * The token’s e-mail address is not verified, or the caller is not the borrower of this loan.
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
     * The state of the loan or the invitation no longer allows this.
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
     * The database or the sign-in provider can’t be reached, or too many changes came at once.
     */
    503: Problem;
};

export type CancelLoanError = CancelLoanErrors[keyof CancelLoanErrors];

export type CancelLoanResponses = {
    /**
     * Done.
     */
    200: {
        success: true;
        loan: Loan;
    };
};

export type CancelLoanResponse = CancelLoanResponses[keyof CancelLoanResponses];

export type ReadEventsData = {
    body?: never;
    path: {
        /**
         * Id of the loan.
         */
        loan_id: string;
    };
    query?: {
        /**
         * `next_cursor` of the previous page, for the same user, call and filters.
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
     * The database or the sign-in provider can’t be reached, or too many changes came at once.
     */
    503: Problem;
};

export type ReadEventsError = ReadEventsErrors[keyof ReadEventsErrors];

export type ReadEventsResponses = {
    /**
     * Done.
     */
    200: {
        success: true;
        events: Array<Event>;
        /**
         * Position after this page, never null. A response with the cursor that was sent is the end for now: send it again for later events.
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
         * `next_cursor` of the previous page, for the same user, call and filters.
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
     * The database or the sign-in provider can’t be reached, or too many changes came at once.
     */
    503: Problem;
};

export type ListInvitationsError = ListInvitationsErrors[keyof ListInvitationsErrors];

export type ListInvitationsResponses = {
    /**
     * Done.
     */
    200: {
        success: true;
        invitations: Array<Invitation>;
        /**
         * Cursor of the next page; null at the end.
         */
        next_cursor: string | null;
    };
};

export type ListInvitationsResponse = ListInvitationsResponses[keyof ListInvitationsResponses];

export type AcceptInvitationData = {
    body?: never;
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, quoted or bare. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the loan.
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
     * The state of the loan or the invitation no longer allows this.
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
     * The database or the sign-in provider can’t be reached, or too many changes came at once.
     */
    503: Problem;
};

export type AcceptInvitationError = AcceptInvitationErrors[keyof AcceptInvitationErrors];

export type AcceptInvitationResponses = {
    /**
     * Done.
     */
    200: {
        success: true;
        invitation: Invitation;
        loan: Loan;
    };
};

export type AcceptInvitationResponse = AcceptInvitationResponses[keyof AcceptInvitationResponses];

export type DeclineInvitationData = {
    body?: never;
    headers?: {
        /**
         * 1 to 255 visible ASCII characters, quoted or bare. A repeat of the same request gets the first response.
         */
        'Idempotency-Key'?: string;
        /**
         * An older name of the same. Where both are sent, they must be equal.
         */
        'X-Idempotency-Key'?: string;
    };
    path: {
        /**
         * Id of the loan.
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
     * The state of the loan or the invitation no longer allows this.
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
     * The database or the sign-in provider can’t be reached, or too many changes came at once.
     */
    503: Problem;
};

export type DeclineInvitationError = DeclineInvitationErrors[keyof DeclineInvitationErrors];

export type DeclineInvitationResponses = {
    /**
     * Done.
     */
    200: {
        success: true;
        invitation: Invitation;
        loan: Loan;
    };
};

export type DeclineInvitationResponse = DeclineInvitationResponses[keyof DeclineInvitationResponses];
