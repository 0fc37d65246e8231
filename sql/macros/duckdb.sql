-- What differs between engines, for DuckDB. The macros read no tables.

-- The value that a map holds under a key; null when it has none.
create or replace macro looked_up(mapping, key) as mapping[key];

-- Is a value one of a list's? Null where the value is null.
create or replace macro is_one_of(value, words) as list_contains(words, value);

-- A row for each entry of a list.
create or replace macro each_of(entries) as unnest(entries);

-- The number of a row in the order in which its source is read, from 1.
create or replace macro reading_number() as row_number() over ();

-- Text without blanks around it; empty is null.
create or replace macro clean_text(value) as nullif(trim(cast(value as varchar)), '');

-- A user's id as it is published: ids of the project's main system as they came, others as system:id.
create or replace macro published_id(id, id_type, main_type) as
    case when coalesce(id_type, main_type) = main_type then id else id_type || ':' || id end;

-- A number from text: 1234.5, 1,234.50, € 12,50, (12.00) and 12- for negatives; null when it is none.
-- A grouping mark counts only where it groups three digits, so 12,50 is no number where the mark is a point.
create or replace macro plain_digits(value) as
    regexp_replace(
        regexp_replace(value, '[\s\x{00A0}\x{202F}''€$£¥]|^[A-Z]{3}|[A-Z]{3}$', '', 'g'),
        '^\((.*)\)$|^(.*)-$', '-\1\2'
    );
create or replace macro ungrouped(digits, decimal_mark) as case
    when decimal_mark = ',' and regexp_full_match(digits, '[+-]?(\d{1,3}(\.\d{3})+|\d*)(,\d*)?([eE][+-]?\d+)?')
        then replace(replace(digits, '.', ''), ',', '.')
    when decimal_mark = '.' and regexp_full_match(digits, '[+-]?(\d{1,3}(,\d{3})+|\d*)(\.\d*)?([eE][+-]?\d+)?')
        then replace(digits, ',', '')
end;
-- (A case, since of a coalesce the engine reckons what its later parts have twice for every row.)
create or replace macro text_to_number(value, decimal_mark) as case
    when decimal_mark = '.' and try_cast(value as decimal(18, 6)) is not null then try_cast(value as decimal(18, 6))
    else try_cast(ungrouped(plain_digits(value), decimal_mark) as decimal(18, 6))
end;

-- An exchange rate from text: a number of twelve decimals, since one dong is 0.0000365 euro.
create or replace macro text_to_rate(value, decimal_mark) as
    try_cast(ungrouped(plain_digits(value), decimal_mark) as decimal(28, 12));

-- What is wrong with a column: something stands there that cannot be read, or nothing although it is needed.
create or replace macro trouble_with(column_name, value, told, reason, is_needed) as case
    when value is null and told is not null then {'column_name': column_name, 'told': told, 'reason': reason}
    when value is null and is_needed then {'column_name': column_name, 'told': null, 'reason': 'missing'}
end;
create or replace macro no_trouble() as
    cast(null as struct(column_name varchar, told varchar, reason varchar));

-- A whole number from text; null when it is none.
create or replace macro text_to_whole(value) as try_cast(value as bigint);

-- A day from text as ISO writes it; empty is null.
create or replace macro text_to_day(value) as try_cast(nullif(value, '') as date);

-- Days from one local day to another.
create or replace macro days_between(from_on, to_on) as to_on - from_on;

-- Yes and no in the words that exports use; null when it is neither.
create or replace macro text_to_boolean(value) as case
    when lower(value) in ('true', 't', 'yes', 'y', '1', '1.0', 'ja', 'j', 'oui', 'si', 'on') then true
    when lower(value) in ('false', 'f', 'no', 'n', '0', '0.0', 'nein', 'non', 'off') then false
end;

-- Times are kept in UTC without a zone; what a source writes without offset is local to its time zone.
create or replace macro local_to_utc(value, zone) as
    case when zone = 'UTC' then value else timezone('UTC', timezone(zone, value)) end;
create or replace macro utc_to_local(value, zone) as
    case when zone = 'UTC' then value else timezone(zone, timezone('UTC', value)) end;
create or replace macro instant_to_utc(value) as timezone('UTC', value);

-- A time that can be: what lies more than a day (for clocks and zones) after the run is none, unless the
-- project says itself up to when things count.
create or replace macro believed_time(value, run_at, as_of_on) as
    case when as_of_on <> '' or value <= run_at + interval 1 day then value end;

-- Unix time in seconds, milliseconds, microseconds or nanoseconds, told apart by size.
create or replace macro epoch_to_utc(value) as case
    when abs(value) < 1e11 then make_timestamp(cast(value * 1e6 as bigint))
    when abs(value) < 1e14 then make_timestamp(cast(value * 1e3 as bigint))
    when abs(value) < 1e17 then make_timestamp(cast(value as bigint))
    else make_timestamp(cast(value / 1e3 as bigint))
end;

-- A time with an offset needs its seconds: DuckDB 1.5 reads 12:00:00Z and not 12:00Z.
create or replace macro with_seconds(value) as
    regexp_replace(value, '([T ]\d?\d:\d\d)( ?(Z|UTC|[+-]))', '\1:00\2');

-- Seconds since 1970, unless one of the formats writes a day and its hour in digits alone. Only an attempt less: where no
-- format fits, the engine takes longer over it than over all the rest of a row.
create or replace macro is_epoch_to(value, formats) as
    regexp_full_match(value, '-?\d{9,19}(\.\d*)?')
    and not regexp_matches(array_to_string(formats, '|'), '(^|\|)(%[A-Za-z]){4,}(\||$)');

-- A time from text: the source's own formats first, then Unix time, ISO with offset, ISO without.
create or replace macro text_to_utc(value, formats, zone) as coalesce(
    case when not is_epoch_to(value, formats) then local_to_utc(try_strptime(value, formats), zone) end,
    case
        when regexp_full_match(value, '-?\d{9,19}(\.\d*)?') then epoch_to_utc(try_cast(value as decimal(22, 3)))
        when regexp_matches(value, '\d:\d\d(:\d\d(\.\d+)?)? ?(Z|UTC|[+-]\d\d(:?\d\d)?)$')
            then instant_to_utc(try_cast(with_seconds(
                regexp_replace(value, ' ?([+-]\d\d):?(\d\d)$', '\1:\2')
            ) as timestamptz))
        else local_to_utc(try_cast(value as timestamp), zone)
    end
);

-- What `latest_by` orders rows by: a number, else a time.
create or replace macro text_to_version(value, formats, decimal_mark) as coalesce(
    cast(text_to_number(value, decimal_mark) as double), epoch(text_to_utc(value, formats, 'UTC'))
);

-- An id that a table has turned into a float keeps no decimal point; NaN is how some tables write nothing.
create or replace macro float_to_text(value) as case
    when isnan(value) then null
    when value = trunc(value) and abs(value) < 1e18 then cast(cast(value as bigint) as varchar)
    else cast(value as varchar)
end;

-- What is left of an event's weight at a later moment, when it halves every so many days; 0 days: all of it.
create or replace macro share_left(event_at, now_at, half_life_days) as case
    when half_life_days > 0
        then power(0.5, coalesce(epoch(now_at) - epoch(event_at), 0) / 86400.0 / half_life_days)
    else 1
end;

-- A share in percent: whole percents, below ten with one decimal.
create or replace macro percent_in_words(share) as case
    when share = 0 then '0'
    when abs(share) < 0.0995 then cast(cast(100 * share as decimal(18, 1)) as varchar)
    else cast(cast(100 * share as decimal(18, 0)) as varchar)
end || ' %';

-- A value as people write it, by what its column's name says of it: shares in percent, amounts to the cent,
-- other numbers without idle zeros, anything else as it is.
create or replace macro in_words(value, column_name) as coalesce(case
    when column_name like '%\_share' escape '\'
        then percent_in_words(try_cast(cast(value as varchar) as double))
    when column_name like '%\_amount' escape '\'
        then format('{:,.2f}', cast(try_cast(cast(value as varchar) as decimal(18, 2)) as double))
    when typeof(value) in ('DOUBLE', 'FLOAT') or typeof(value) like 'DECIMAL%'
        then regexp_replace(cast(value as varchar), '\.0+$|(\.\d*[1-9])0+$', '\1')
end, cast(value as varchar));

-- A whole number as people write it: 41,744.
create or replace macro count_in_words(value) as format('{:,d}', cast(value as bigint));

-- A value in words with what it counts behind it, one in the singular: 1 day since then, 2 days since then.
create or replace macro with_unit(words, unit) as words || ' ' || case
    when words = '1' then regexp_replace(
        regexp_replace(unit, '^categories\b', 'category'),
        '^(customer|day|hour|item|line|month|order|piece|point|product|row|time|user|visit|week|year)s\b', '\1'
    )
    else unit
end;

-- On a grid of 1/4096 a sum of products is exact in a double, so that it is the same
-- whatever order the threads add it up in (as long as it stays below 2^29).
create or replace macro on_grid(value) as round(value * 4096) / 4096;

-- On a grid of 2^-33, about 1e-10, thousands of values add up exactly too, as long as their sum stays below 2^20.
-- A double of the size of 3 * 2^18 has 33 binary places: what is added to it is rounded to them.
create or replace macro on_fine_grid(value) as (value + 786432) - 786432;

-- The sum of squares of values on the fine grid, the same in any order too: a value is a part on the coarse grid and a
-- rest, and what is added up of the two parts' squares and products is exact in a double each.
create or replace macro sum_of_squares(value) as
    sum(on_grid(value) * on_grid(value))
    + 2 * sum(on_grid(value) * (value - on_grid(value)))
    + sum((value - on_grid(value)) * (value - on_grid(value)));

-- Less than anything that can be added to it.
create or replace macro minus_infinity() as cast('-infinity' as double);

-- The k rows with the largest positive values as a list of (value, number, extra); ties to the
-- smallest number. Nothing else may break a tie: the engine's own choice differs from run to run.
create or replace macro top_rows(value, number, extra, k) as arg_max(
    {'value': value, 'number': number, 'extra': extra},
    case when value > 0 then {'value': value, 'tie': -number} end,
    k
);

-- The first value that is known, by place: of rows that complement one another.
create or replace macro first_known(value, place) as arg_min(value, place) filter (where value is not null);

-- The last value that is known, by time, then source, then row.
create or replace macro last_known(value, happened_at, source_name, row_no) as arg_max(
    value, {'at': happened_at, 'source': source_name, 'row': row_no}
) filter (where value is not null);

-- The value of the first row by one thing, then another; rows without the first one come last.
create or replace macro first_of(value, first_by, then_by) as arg_min(value, {'first': first_by, 'then': then_by});

-- How many of a list's bounds a number has reached.
create or replace macro bounds_reached(number, bounds) as
    cast(len(list_filter(bounds, lambda bound: number >= bound)) as integer);

-- How many of a list's bounds a number does not exceed; the list may be empty and then has no type of its own.
create or replace macro bounds_kept(number, bounds) as
    cast(len(list_filter(cast(bounds as bigint[]), lambda bound: number <= bound)) as integer);
create or replace macro has_entries(entries) as len(entries) > 0;

-- The value below which a share of the values lies, between two neighbours where it falls there.
create or replace macro quantile_of(value, share) as quantile_cont(value, share);

-- The first day of a day's month, the beginning of a time's day, and its hour.
create or replace macro month_of(value) as cast(date_trunc('month', value) as date);
create or replace macro start_of_day(value) as date_trunc('day', value);
create or replace macro hour_of(value) as hour(value);

-- The row with the largest value as (value, number); ties to the smallest number.
create or replace macro top_row(value, number) as arg_max(
    {'value': value, 'number': number}, {'value': value, 'tie': -number}
);

-- Of an amount that is spread over lines by value: what the lines so far get together, in cents, and
-- the whole amount as soon as no value is left.
create or replace macro part_so_far(amount, value_so_far, whole_value) as case
    when value_so_far >= whole_value then amount
    else round(amount * value_so_far / nullif(whole_value, 0), 2)
end;

-- The different tags in a text: a list in brackets, else separated by |, else by ;, else by commas. Blanks,
-- brackets and quotes around a tag are not part of it.
create or replace macro tags_of(value) as list_distinct(list_filter(
    list_transform(
        string_split(
            value,
            case
                when starts_with(value, '[') then ','
                when contains(value, '|') then '|'
                when contains(value, ';') then ';'
                else ','
            end
        ),
        lambda part: clean_text(trim(part, ' []"'''))
    ),
    lambda part: part is not null
));

-- The words of a text in any script, lower case, once for each time they occur. HTML marks are no words, nor
-- are mere numbers: a year or a size in a name would make strangers alike.
create or replace macro words_of(value) as list_filter(
    regexp_extract_all(
        regexp_replace(lower(nfc_normalize(value)), '</?[a-z][^<>]*>|&[a-z]+;|&#\w+;', ' ', 'g'),
        '[\p{L}\p{M}\p{N}]+'
    ),
    lambda word: regexp_matches(word, '\p{L}')
);

-- How much values vary, from their mean and the mean of their squares: the standard deviation, or where
-- they are all the same their size, so that it may be divided by.
create or replace macro spread(mean_value, mean_square) as sqrt(
    case
        when mean_square - mean_value * mean_value > 1e-9 * mean_square
            then mean_square - mean_value * mean_value
        else mean_square
    end
);

-- A day as one writes it in a letter: 3 May 2017.
create or replace macro day_in_words(value) as strftime(value, '%-d %B %Y');

-- Calendar months from one day to another, whatever the days within them; the first day of a later month.
create or replace macro whole_months(from_on, to_on) as
    12 * (year(to_on) - year(from_on)) + month(to_on) - month(from_on);
create or replace macro month_after(month_on, months) as
    cast(date_trunc('month', month_on) + to_months(cast(months as integer)) as date);

-- The whole numbers from 0 to n.
create or replace macro numbers_to(n) as range(0, n + 1);

-- The English name of a day of the week.
create or replace macro weekday_name(day) as dayname(day);

-- The part as a share of the whole, between 0 and 1 whatever odd data say; null where there is no whole.
create or replace macro share_of(part, whole) as
    case when whole > 0 then least(greatest(cast(part as double) / whole, 0), 1) end;

-- A place in a drawing of lots that is the same on every machine: a hash of the seed and the two names.
create or replace macro lot(seed, name, other_name) as md5(concat_ws(chr(31), cast(seed as varchar), name, other_name));

-- The same as a number from 0 to below 1: its first 13 digits of 16 values each, which a double holds exactly.
create or replace macro lot_place(seed, name) as
    cast(cast('0x' || left(lot(seed, name, ''), 13) as bigint) as double) / 4503599627370496;

-- The place of a word in a list that is written with commas, from 1; null where it is not in it.
create or replace macro place_among(word, words) as
    nullif(list_position(string_split(replace(words, ' ', ''), ','), word), 0);

-- Where among all a number comes by lot, from 0 to below 1, so that those below a share are a sample, spread evenly:
-- multiplied by the golden ratio (Knuth 1998, The Art of Computer Programming, section 6.4).
create or replace macro sample_place(number) as cast(cast(number as bigint) * 2654435761 % 4294967296 as double) / 4294967296;

-- Half the width of the 95 % confidence interval of a mean, from the count, the sum and the sum of squares of
-- its values; null for a single one. Student's t is the series of Abramowitz and Stegun (1964), 26.7.5.
create or replace macro t_975(freedom) as
    1.959963984540 + 2.372271230299 / freedom + 2.822498615740 / power(freedom, 2)
    + 2.555849679508 / power(freedom, 3) + 1.589534053394 / power(freedom, 4);
create or replace macro half_width(value_count, total, square_total) as
    t_975(nullif(value_count - 1, 0)) * sqrt(
        greatest(square_total - total * total / value_count, 0) / nullif(value_count - 1, 0) / value_count
    );

-- A share as so many of a hundred, in words: 38.
create or replace macro of_hundred(share) as cast(cast(round(100 * share) as bigint) as varchar);

-- The logarithm of the gamma function.
create or replace macro ln_gamma(value) as lgamma(value);

-- Days rounded up to whole ones, but for what is only a rounding error above them.
create or replace macro whole_days(days) as cast(ceil(round(days, 6)) as integer);

-- The silence in days up to which a customer is not yet slowing (step 1), at risk (2) or lapsed (3): so many usual gaps. A
-- longer pause from which she came back is no risk when she takes it again, and lapsed she is only well beyond it.
create or replace macro days_of_patience(step, usual_days, longest_days, factors, least_days) as whole_days(greatest(
    least_days[step],
    factors[step] * greatest(usual_days, case when step > 1 then longest_days / factors[2] else 0 end)
));

-- The models of value, formula by formula; repeats is x, active_time t_x, observed_time T of the papers. `chances` is
-- how often the customer could have left so far: x in BG/NBD, where one leaves only after a repeat order, x + 1 in MBG/NBD.
-- The odds that the customer has left, and is not merely silent.
create or replace macro odds_of_having_left(repeats, chances, active_time, observed_time, r, alpha, a, b) as case
    when chances > 0 then a / (b + chances - 1) * exp(
        least((r + repeats) * (ln(alpha + observed_time) - ln(alpha + active_time)), 600)
    )
    else 0.0
end;
create or replace macro orders_log_likelihood(repeats, chances, active_time, observed_time, r, alpha, a, b) as
    ln_gamma(r + repeats) - ln_gamma(r) + r * ln(alpha) - (r + repeats) * ln(alpha + observed_time)
    + ln_gamma(a + b) + ln_gamma(b + chances) - ln_gamma(b) - ln_gamma(a + b + chances)
    + ln(1 + odds_of_having_left(repeats, chances, active_time, observed_time, r, alpha, a, b));
create or replace macro amounts_log_likelihood(repeats, mean_amount, p, q, gamma) as
    ln_gamma(p * repeats + q) - ln_gamma(p * repeats) - ln_gamma(q) + q * ln(gamma)
    + (p * repeats - 1) * ln(mean_amount) + p * repeats * ln(repeats)
    - (p * repeats + q) * ln(gamma + repeats * mean_amount);

-- The search for the most likely parameters goes along four axes, the logarithms of r, alpha / r, a / b and b, so that the
-- long ridges of these hills run along an axis; of p, q / p and gamma for Gamma-Gamma, which has no fourth. A probe
-- goes one or two small steps aside, along two axes from 1 to 4 or, where it is 0, along none.
create or replace macro probe_step() as power(2, -12);
create or replace macro probed(logs, axis, one_axis, other_axis) as
    logs[axis] + probe_step() * (cast(axis = one_axis as integer) + cast(axis = other_axis as integer));
create or replace macro probed_parameter(model, logs, parameter, one_axis, other_axis) as exp(
    probed(logs, parameter, one_axis, other_axis) + case
        when parameter = 2 then probed(logs, 1, one_axis, other_axis)
        when parameter = 3 and model <> 'Gamma-Gamma' then probed(logs, 4, one_axis, other_axis)
        else 0
    end
);
create or replace macro height_of(model, repeats, chances, active_time, observed_time, mean_amount, one, two, three, four) as case
    when model = 'Gamma-Gamma' then amounts_log_likelihood(repeats, mean_amount, one, two, three)
    else orders_log_likelihood(repeats, chances, active_time, observed_time, one, two, three, four)
end;
create or replace macro exactly(value) as cast(value as decimal(38, 12));
create or replace macro heights_in_order(height, one_axis, other_axis) as list(
    cast(height as double) order by one_axis, other_axis
);
-- The equations of Newton's step in four rows of five numbers, from the 15 heights in order of their axes, one <= other:
-- the curvature between the row's axis and the column's, damped as Levenberg and Marquardt do, and last the row's slope.
create or replace macro height_of_both(heights, cell) as
    heights[[6, 7, 8, 9, 6, 7, 10, 11, 12, 10, 8, 11, 13, 14, 13, 9, 12, 14, 15, 15][cell + 1]];
create or replace macro bend_in(heights, cell) as (
    heights[cell // 5 + 2] + heights[cell % 5 + 2] - height_of_both(heights, cell) - heights[1]
) / power(probe_step(), 2);
-- Whether the search has gone as far up or down an axis as it may; such an axis, where it would go further, stays out of them.
create or replace macro is_at_top(logs, start_logs, axis) as logs[axis] - start_logs[axis] >= 4.999;
create or replace macro is_at_bottom(logs, start_logs, axis) as logs[axis] - start_logs[axis] <= -5.999;
create or replace macro is_stopped(heights, axis, logs, start_logs) as
    is_at_top(logs, start_logs, axis) and heights[axis + 1] > heights[1]
    or is_at_bottom(logs, start_logs, axis) and heights[axis + 1] < heights[1];
create or replace macro is_at_bound(logs, start_logs, axis) as
    is_at_top(logs, start_logs, axis) or is_at_bottom(logs, start_logs, axis);
-- Whether that is so of one of the axes that a parameter comes from.
create or replace macro is_bounded(model, logs, start_logs, parameter) as is_at_bound(logs, start_logs, parameter)
    or parameter = 2 and is_at_bound(logs, start_logs, 1)
    or parameter = 3 and model <> 'Gamma-Gamma' and is_at_bound(logs, start_logs, 4);
create or replace macro step_equations(heights, damping, logs, start_logs) as list_transform(range(20), lambda cell: case
    when is_stopped(heights, cell // 5 + 1, logs, start_logs)
        or cell % 5 < 4 and is_stopped(heights, cell % 5 + 1, logs, start_logs)
        then cast(cell % 6 = 0 as double)
    when cell % 5 = 4
        then (4 * heights[cell // 5 + 2] - height_of_both(heights, cell) - 3 * heights[1]) / (2 * probe_step())
    when cell % 6 = 0 then abs(bend_in(heights, cell)) * (1 + damping) + 1e-9
    else bend_in(heights, cell)
end);
-- Their solution by Gauss and Jordan, one pivot after the other; it stands in the last column.
create or replace macro solution_of(equations) as list_reduce(
    [[0.0], [1.0], [2.0], [3.0]],
    lambda grid, turn: list_transform(range(20), lambda cell: case
        when cell // 5 = turn[1] then grid[cell + 1] / grid[cast(6 * turn[1] + 1 as bigint)]
        else grid[cell + 1] - grid[cast(5 * (cell // 5) + turn[1] + 1 as bigint)]
            * grid[cast(5 * turn[1] + cell % 5 + 1 as bigint)] / grid[cast(6 * turn[1] + 1 as bigint)]
    end),
    equations
);
-- One step further, at most by 1 along an axis and never further than 6 down and 5 up from where the search began.
create or replace macro stepped(logs, start_logs, solution) as list_transform(range(1, 5), lambda axis: least(greatest(
    cast(logs as double[])[axis] + case
        when isfinite(solution[5 * axis]) then least(greatest(solution[5 * axis], -1), 1) else 0.01
    end,
    start_logs[axis] - 6
), start_logs[axis] + 5));
create or replace macro next_place(logs, heights, damping, start_logs) as stepped(logs, start_logs, solution_of(
    step_equations(cast(heights as double[]), damping, cast(logs as double[]), start_logs)
));
create or replace macro rise_over(heights, best_heights) as coalesce(heights[1] - cast(best_heights as double[])[1], 1);
create or replace macro better_of(heights, best_heights, mine, best) as
    case when rise_over(heights, best_heights) >= 0 then mine else best end;
create or replace macro nth_of(entries, place) as entries[place];

-- Gauss's hypergeometric function 2F1 for 0 <= z < 1 by its series, nested from the last term inwards. The terms fall
-- like z^n, and later the larger the upper arguments are: hence how many are needed.
create or replace macro terms_needed(one, two, below, z) as least(cast(ceil(
    (36 + greatest(one + two - below, 0) + sqrt(72 * greatest(one + two - below, 0))) / -ln(greatest(z, 1e-9))
) as bigint) + 4, 100000);
-- How far the function rises above its first term, 1, divided by its second argument, which then may be 0. (Two
-- steps, since DuckDB 1.5 mixes up rows where the lambda of list_reduce looks beyond its list.)
create or replace macro hypergeometric_rise(one, two, below, z) as one * z / below * list_reduce(
    list_transform(
        range(terms_needed(one, two, below, z), 1, -1),
        lambda n: (one + n - 1) * (two + n - 1) / ((below + n - 1) * n) * z
    ),
    lambda nested, ratio: 1 + nested * ratio,
    cast(1 as double)
);
create or replace macro hypergeometric_series(one, two, below, z) as
    1 + two * hypergeometric_rise(one, two, below, z);
-- (e^x - 1) / x, which is 1 at 0.
create or replace macro exponential_growth(x) as
    case when abs(x) < 1e-3 then 1 + x / 2 + x * x / 6 + x * x * x / 24 else (exp(x) - 1) / x end;

-- Orders to expect of a customer who is still there: below / (a - 1) * (1 - (1 - z)^s * 2F1(s, b + c; below; z)) with s the
-- shape of the orders, c the chances so far and below = a + b + c - 1. By Euler's transformation the series is that of few
-- terms, and nothing is lost where a is near 1. Where it would have terms of changing sign, it is the first one.
create or replace macro orders_by_euler(s, a, below, z) as below * (
    -ln(1 - z) * exponential_growth((a - 1) * ln(1 - z))
    - exp((a - 1) * ln(1 - z)) * hypergeometric_rise(below - s, a - 1, below, z)
);
create or replace macro orders_by_gauss(s, a, below, z) as below / (a - 1) * (
    1 - exp(s * ln(1 - z)) * hypergeometric_series(s, below - a + 1, below, z)
);
create or replace macro orders_if_there(s, a, below, z) as case
    when below - s > -5 and a - 1 < s or s * -ln(1 - z) > 600 then orders_by_euler(s, a, below, z)
    else orders_by_gauss(s, apart_from_one(a), below + apart_from_one(a) - a, z)
end;

-- A shape parameter that is not 1, where a formula divides by the difference: next to it, the limit is as good as reached.
create or replace macro apart_from_one(value) as case when abs(value - 1) < 1e-6 then 1 + 1e-6 else value end;

-- On a grid of 2^-20, about a millionth, squares of differences between coordinates and centres add up exactly in a
-- double, so that every engine finds the same distances to the last digit.
create or replace macro on_centre_grid(value) as round(value * 1048576) / 1048576;

-- Values as one list, by place; the square of the distance between two such lists; the largest of a list.
create or replace macro in_order_of(value, place) as list(value order by place);

-- Words of several rows as one text, in the order of the alphabet; null where there are none.
create or replace macro listed(words) as string_agg(words, '; ' order by words);
create or replace macro squared_distance(point, other_point) as power(list_distance(point, other_point), 2);
create or replace macro largest_of(entries) as list_max(cast(entries as bigint[]));

-- A chance above 0 and below 1, the same on every machine: a hash of three names.
create or replace macro chance_of(name, other_name, third_name) as (
    md5_number_lower(concat_ws(chr(31), cast(name as varchar), cast(other_name as varchar), third_name)) // 2048 + 0.5
) / 9007199254740992.0;
