"""`templates/overview.html.j2`, compiled by `make docs`."""

# mypy: ignore-errors

MADE_OF = "3014f281adb4b373"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'overview.html.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_page = resolve('page')
    l_0_score = resolve('score')
    l_0_most = resolve('most')
    l_0_dict = resolve('dict')
    l_0_at = resolve('at')
    l_0_range = resolve('range')
    l_0_with_ = resolve('with_')
    l_0_short = resolve('short')
    l_0_view = resolve('view')
    l_0_roles = resolve('roles')
    l_0_hot_words = missing
    try:
        t_1 = environment.filters['address']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'address' found.")
    try:
        t_2 = environment.filters['age']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'age' found.")
    try:
        t_3 = environment.filters['count']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'count' found.")
    try:
        t_4 = environment.filters['day']
    except KeyError:
        @internalcode
        def t_4(*unused):
            raise TemplateRuntimeError("No filter named 'day' found.")
    try:
        t_5 = environment.filters['length']
    except KeyError:
        @internalcode
        def t_5(*unused):
            raise TemplateRuntimeError("No filter named 'length' found.")
    try:
        t_6 = environment.filters['list']
    except KeyError:
        @internalcode
        def t_6(*unused):
            raise TemplateRuntimeError("No filter named 'list' found.")
    try:
        t_7 = environment.filters['max']
    except KeyError:
        @internalcode
        def t_7(*unused):
            raise TemplateRuntimeError("No filter named 'max' found.")
    try:
        t_8 = environment.filters['missing']
    except KeyError:
        @internalcode
        def t_8(*unused):
            raise TemplateRuntimeError("No filter named 'missing' found.")
    try:
        t_9 = environment.filters['number']
    except KeyError:
        @internalcode
        def t_9(*unused):
            raise TemplateRuntimeError("No filter named 'number' found.")
    try:
        t_10 = environment.filters['own']
    except KeyError:
        @internalcode
        def t_10(*unused):
            raise TemplateRuntimeError("No filter named 'own' found.")
    try:
        t_11 = environment.filters['owner_key']
    except KeyError:
        @internalcode
        def t_11(*unused):
            raise TemplateRuntimeError("No filter named 'owner_key' found.")
    try:
        t_12 = environment.filters['parts']
    except KeyError:
        @internalcode
        def t_12(*unused):
            raise TemplateRuntimeError("No filter named 'parts' found.")
    try:
        t_13 = environment.filters['points']
    except KeyError:
        @internalcode
        def t_13(*unused):
            raise TemplateRuntimeError("No filter named 'points' found.")
    try:
        t_14 = environment.filters['selectattr']
    except KeyError:
        @internalcode
        def t_14(*unused):
            raise TemplateRuntimeError("No filter named 'selectattr' found.")
    try:
        t_15 = environment.filters['shown']
    except KeyError:
        @internalcode
        def t_15(*unused):
            raise TemplateRuntimeError("No filter named 'shown' found.")
    try:
        t_16 = environment.tests['none']
    except KeyError:
        @internalcode
        def t_16(*unused):
            raise TemplateRuntimeError("No test named 'none' found.")
    pass
    l_0_hot_words = ('hot' if t_16(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'hot_flames')) else markup_join((t_3(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'hot_flames'), 'flame'), ('' if (environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'hot_flames') == 5) else ' or more'), )))
    context.vars['hot_words'] = l_0_hot_words
    context.exported_vars.add('hot_words')
    yield '<section class="view wrap" id="overview"><h1 class="vh">Overview</h1><div class="cards">\n'
    def t_17(fiter):
        for l_1_score in fiter:
            if (not t_16(environment.getattr(l_1_score, 'to_call'))):
                yield l_1_score
    for l_1_score in t_17(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'scores')):
        l_1_moves = resolve('moves')
        l_1_part = resolve('part')
        _loop_vars = {}
        pass
        yield '<div class="card w8"><h2>What changed'
        if environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'several'):
            pass
            yield ': '
            yield escape(t_10(environment.getattr(l_1_score, 'title')))
        yield '</h2>\n'
        if environment.getattr(l_1_score, 'moves'):
            pass
            l_1_moves = environment.getattr(l_1_score, 'moves')
            _loop_vars['moves'] = l_1_moves
            yield '<p>Since '
            yield escape(t_4(context, context.call(environment.getattr(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'since'), 'date'), _loop_vars=_loop_vars)))
            yield ': '
            yield escape(t_9(environment.getattr((undefined(name='moves') if l_1_moves is missing else l_1_moves), 'up')))
            yield ' rose, '
            yield escape(t_9(environment.getattr((undefined(name='moves') if l_1_moves is missing else l_1_moves), 'down')))
            yield ' fell, '
            yield escape(t_9(environment.getattr((undefined(name='moves') if l_1_moves is missing else l_1_moves), 'new')))
            yield ' new, '
            yield escape(t_9(environment.getattr((undefined(name='moves') if l_1_moves is missing else l_1_moves), 'gone')))
            yield ' gone.</p>\n'
            for (l_2_words, l_2_many, l_2_listed) in (('Newly hot', environment.getattr((undefined(name='moves') if l_1_moves is missing else l_1_moves), 'newly_hot'), environment.getattr((undefined(name='moves') if l_1_moves is missing else l_1_moves), 'hot')), ('Cooled off', environment.getattr((undefined(name='moves') if l_1_moves is missing else l_1_moves), 'cooled_off'), environment.getattr((undefined(name='moves') if l_1_moves is missing else l_1_moves), 'cooled'))):
                _loop_vars = {}
                pass
                yield '<h3>'
                yield escape(l_2_words)
                yield ': '
                yield escape((t_9(l_2_many) if l_2_many else 'nobody'))
                yield '</h3>\n'
                if l_2_listed:
                    pass
                    yield '<table class="tb mv"><caption class="vh">'
                    yield escape(l_2_words)
                    if environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'several'):
                        pass
                        yield ', '
                        yield escape(t_15(environment.getattr(l_1_score, 'title')))
                    yield '</caption><colgroup><col class="m1"><col class="m2"><col class="m3"><col></colgroup><tbody>\n'
                    for l_3_each in l_2_listed:
                        _loop_vars = {}
                        pass
                        yield '<tr><th scope="row">'
                        yield escape(context.call(environment.getattr((undefined(name='part') if l_1_part is missing else l_1_part), 'lead_link'), environment.getattr(l_3_each, 'contact_id'), environment.getattr(l_3_each, 'called'), _loop_vars=_loop_vars))
                        if environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'owner'):
                            pass
                            yield '<div class="sub">'
                            yield escape(t_10(environment.getattr(l_3_each, 'owner')))
                            yield '</div>'
                        yield '</th><td>'
                        yield escape(context.call(environment.getattr((undefined(name='part') if l_1_part is missing else l_1_part), 'flames'), environment.getattr(l_3_each, 'flames'), _loop_vars=_loop_vars))
                        yield '</td><td class="num">'
                        if (not t_16(environment.getattr(l_3_each, 'before'))):
                            pass
                            yield escape(t_13(context, environment.getattr(l_3_each, 'before')))
                            yield ' → '
                        yield '<b>'
                        yield escape(t_13(context, environment.getattr(l_3_each, 'now')))
                        yield '</b></td><td class="mute">'
                        yield escape((t_12(context, environment.getattr(l_3_each, 'parts')) if environment.getattr(l_3_each, 'parts') else ('new' if t_16(environment.getattr(l_3_each, 'before')) else cond_expr_undefined("the inline if-expression on line 12 in 'overview.html.j2' evaluated to false and no else section was defined."))))
                        yield '</td></tr>\n'
                    l_3_each = missing
                    yield '</tbody></table>\n'
                    if (t_5(l_2_listed) < l_2_many):
                        pass
                        yield '<p class="sub">'
                        yield escape(t_9((l_2_many - t_5(l_2_listed))))
                        yield ' more '
                        yield escape(('is' if ((l_2_many - t_5(l_2_listed)) == 1) else 'are'))
                        yield ' in changes.parquet.</p>'
            l_2_words = l_2_many = l_2_listed = missing
        elif environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'is_first'):
            pass
            yield '<p>This is the first run. Changes appear from the next run on.</p>\n'
        else:
            pass
            yield '<p>This run was not compared with an earlier one.</p>\n'
        yield '</div>\n<div class="card"><h2>'
        yield escape(t_10(environment.getattr(l_1_score, 'title')))
        yield ': hot leads to call</h2><p>'
        yield escape(t_3(t_5(environment.getattr(l_1_score, 'trend')), 'run'))
        yield '.'
        if (not t_16(environment.getattr(l_1_score, 'hot_from'))):
            pass
            yield ' A lead is hot from '
            yield escape(t_13(context, environment.getattr(l_1_score, 'hot_from')))
            yield ' point'
            yield escape(('s' if (environment.getattr(l_1_score, 'hot_from') != 10000) else cond_expr_undefined("the inline if-expression on line 24 in 'overview.html.j2' evaluated to false and no else section was defined.")))
            yield '.'
        yield '</p>'
        yield escape(context.call(environment.getattr((undefined(name='part') if l_1_part is missing else l_1_part), 'line'), l_1_score, 120, _loop_vars=_loop_vars))
        yield '</div>\n'
    l_1_score = l_1_moves = l_1_part = missing
    if environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'several'):
        pass
        for l_1_grid in environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'grids'):
            l_1_part = resolve('part')
            _loop_vars = {}
            pass
            yield '<div class="card"><h2>'
            yield escape(t_10(environment.getattr(environment.getitem(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'scores'), 0), 'title')))
            yield ' × '
            yield escape(t_10(environment.getattr(environment.getitem(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'scores'), environment.getattr(l_1_grid, 'other')), 'title')))
            yield '</h2>'
            yield escape(context.call(environment.getattr((undefined(name='part') if l_1_part is missing else l_1_part), 'grid'), l_1_grid, _loop_vars=_loop_vars))
            yield '</div>\n'
        l_1_grid = l_1_part = missing
    else:
        pass
        l_0_score = environment.getitem(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'scores'), 0)
        context.vars['score'] = l_0_score
        context.exported_vars.add('score')
        l_0_most = t_7(environment, environment.getattr((undefined(name='score') if l_0_score is missing else l_0_score), 'flames')[1:])
        context.vars['most'] = l_0_most
        context.exported_vars.add('most')
        l_0_at = context.call((undefined(name='dict') if l_0_dict is missing else l_0_dict), environment.getattr((undefined(name='score') if l_0_score is missing else l_0_score), 'percentiles'))
        context.vars['at'] = l_0_at
        context.exported_vars.add('at')
        yield '<div class="card"><h2>Contacts by flames</h2>'
        if (not t_16(environment.getitem((undefined(name='at') if l_0_at is missing else l_0_at), 50))):
            pass
            yield '<p>Half of the contacts score '
            yield escape(t_13(context, environment.getitem((undefined(name='at') if l_0_at is missing else l_0_at), 50)))
            yield ' or less. The best 10% score '
            yield escape(t_13(context, environment.getitem((undefined(name='at') if l_0_at is missing else l_0_at), 90)))
            yield ' or more, the best 1% '
            yield escape(t_13(context, environment.getitem((undefined(name='at') if l_0_at is missing else l_0_at), 99)))
            yield ' or more.</p>'
        yield '<table class="tb fl-tb"><thead><tr><th scope="col">Flames</th><td></td><th class="num" scope="col">Contacts</th><th class="num" scope="col">To call</th></tr></thead><tbody>\n'
        for l_1_n in context.call((undefined(name='range') if l_0_range is missing else l_0_range), 5, 0, -1):
            l_1_part = resolve('part')
            _loop_vars = {}
            pass
            yield '<tr><th scope="row">'
            yield escape(context.call(environment.getattr((undefined(name='part') if l_1_part is missing else l_1_part), 'flames'), l_1_n, _loop_vars=_loop_vars))
            yield '</th><td class="wb">'
            yield escape(context.call(environment.getattr((undefined(name='part') if l_1_part is missing else l_1_part), 'bar'), environment.getitem(environment.getattr((undefined(name='score') if l_0_score is missing else l_0_score), 'flames'), l_1_n), (undefined(name='most') if l_0_most is missing else l_0_most), _loop_vars=_loop_vars))
            yield '</td><td class="num">'
            yield escape(t_9(environment.getitem(environment.getattr((undefined(name='score') if l_0_score is missing else l_0_score), 'flames'), l_1_n)))
            yield '</td><td class="num">'
            if environment.getitem(environment.getattr((undefined(name='score') if l_0_score is missing else l_0_score), 'on_list'), l_1_n):
                pass
                yield '<a href="#flames='
                yield escape(l_1_n)
                yield '" aria-label="'
                yield escape(t_3(environment.getitem(environment.getattr((undefined(name='score') if l_0_score is missing else l_0_score), 'on_list'), l_1_n), 'lead'))
                yield ' with '
                yield escape(t_3(l_1_n, 'flame'))
                yield '">'
                yield escape(t_9(environment.getitem(environment.getattr((undefined(name='score') if l_0_score is missing else l_0_score), 'on_list'), l_1_n)))
                yield '</a>'
            else:
                pass
                yield '0'
            yield '</td></tr>'
        l_1_n = l_1_part = missing
        yield '<tr class="mute"><th scope="row">no flame</th><td></td><td class="num">'
        yield escape(t_9(environment.getitem(environment.getattr((undefined(name='score') if l_0_score is missing else l_0_score), 'flames'), 0)))
        yield '</td><td></td></tr>\n</tbody></table></div>\n'
    if (environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'owner') and environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'owners')):
        pass
        l_0_short = ((not t_16(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'hot_flames'))) and (environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'hot_flames') > 1))
        context.vars['short'] = l_0_short
        context.exported_vars.add('short')
        yield '<div class="card"><h2>By owner</h2><p>Leads on the call list. A name opens that owner’s list; the address can be shared.</p><div class="scroll" tabindex="0" role="region" aria-label="By owner"><table class="tb"><caption class="vh">Leads on the call list by owner</caption><thead><tr><th scope="col">Owner</th><th class="num" scope="col">Hot</th>'
        if (not t_16(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'since'))):
            pass
            yield '<th class="num" scope="col">New</th>'
        if (undefined(name='short') if l_0_short is missing else l_0_short):
            pass
            yield '<th class="num" scope="col">'
            yield escape(t_3((environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'hot_flames') - 1), 'flame'))
            yield '</th>'
        yield '<th class="num" scope="col">Any</th></tr></thead><tbody>\n'
        for l_1_each in environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'owners'):
            _loop_vars = {}
            pass
            yield '<tr><th scope="row"><a href="#owner='
            yield escape(t_1(t_11(environment.getattr(l_1_each, 'owner'))))
            yield '">'
            yield escape(t_10(environment.getattr(l_1_each, 'owner')))
            yield '</a></th><td class="num"><b>'
            yield escape(t_9(environment.getattr(l_1_each, 'hot')))
            yield '</b></td>'
            if (not t_16(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'since'))):
                pass
                yield '<td class="num">'
                yield escape((t_9(environment.getattr(l_1_each, 'newly_hot')) if environment.getattr(l_1_each, 'newly_hot') else cond_expr_undefined("the inline if-expression on line 43 in 'overview.html.j2' evaluated to false and no else section was defined.")))
                yield '</td>'
            if (undefined(name='short') if l_0_short is missing else l_0_short):
                pass
                yield '<td class="num">'
                yield escape(t_9(environment.getattr(l_1_each, 'short')))
                yield '</td>'
            yield '<td class="num">'
            yield escape(t_9(environment.getattr(l_1_each, 'any')))
            yield '</td></tr>\n'
        l_1_each = missing
        yield '</tbody></table></div></div>\n'
    if environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'nearest'):
        pass
        yield '<div class="card"><h2>Closest to hot</h2><p>The next leads to reach '
        yield escape((undefined(name='hot_words') if l_0_hot_words is missing else l_0_hot_words))
        yield '.</p><table class="tb near"><caption class="vh">Closest to hot</caption><tbody>\n'
        for l_1_each in environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'nearest'):
            l_1_part = resolve('part')
            _loop_vars = {}
            pass
            yield '<tr><th scope="row">'
            yield escape(context.call(environment.getattr((undefined(name='part') if l_1_part is missing else l_1_part), 'lead_link'), environment.getattr(l_1_each, 'contact_id'), environment.getattr(l_1_each, 'called'), _loop_vars=_loop_vars))
            if environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'owner'):
                pass
                yield '<div class="sub">'
                yield escape(t_10(environment.getattr(l_1_each, 'owner')))
                yield '</div>'
            yield '</th><td>'
            yield escape(context.call(environment.getattr((undefined(name='part') if l_1_part is missing else l_1_part), 'flames'), environment.getattr(l_1_each, 'flames'), _loop_vars=_loop_vars))
            yield '</td><td class="num"><b>'
            yield escape(t_13(context, environment.getattr(l_1_each, 'points')))
            yield '</b></td><td class="num">'
            if (not t_16(environment.getattr(l_1_each, 'missing'))):
                pass
                yield escape(t_8(context, environment.getattr(l_1_each, 'missing')))
            yield '</td></tr>\n'
        l_1_each = l_1_part = missing
        yield '</tbody></table></div>\n'
    for l_1_label in environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'labels'):
        _loop_vars = {}
        pass
        yield '<div class="card"><h2>'
        yield escape(t_10(environment.getattr(l_1_label, 'title')))
        yield '</h2><table class="tb"><caption class="vh">Contacts by label</caption><thead><tr><th scope="col">Label</th><th class="num" scope="col">Contacts</th></tr></thead><tbody>\n'
        for l_2_value in environment.getitem(l_1_label, 'values'):
            _loop_vars = {}
            pass
            yield '<tr><th scope="row">'
            if t_16(environment.getattr(l_2_value, 'label')):
                pass
                yield '<span class="mute">none</span>'
            else:
                pass
                yield escape(t_10(environment.getattr(l_2_value, 'label')))
            yield '</th><td class="num">'
            yield escape(t_9(environment.getattr(l_2_value, 'contacts')))
            yield '</td></tr>\n'
        l_2_value = missing
        yield '</tbody></table></div>\n'
    l_1_label = missing
    if environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'accounts'):
        pass
        l_0_view = environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'accounts')
        context.vars['view'] = l_0_view
        context.exported_vars.add('view')
        yield '<div class="card w12"><h2>Accounts</h2>\n'
        if (not environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'lines')):
            pass
            yield '<p>No account has a score.</p>\n'
        else:
            pass
            yield '<p>'
            if (t_5(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'lines')) < environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'accounts')):
                pass
                yield 'The best '
                yield escape(t_5(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'lines')))
                yield ' of '
                yield escape(t_9(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'accounts')))
                yield ' by '
                yield escape(t_10(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'title')))
                yield '; accounts.csv has them all.'
            else:
                pass
                yield escape(t_3(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'accounts'), 'account'))
                yield ', by '
                yield escape(t_10(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'title')))
                yield '.'
            yield '</p>\n'
            l_0_roles = t_6(context.eval_ctx, t_14(context, environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'lines'), 'roles'))
            context.vars['roles'] = l_0_roles
            context.exported_vars.add('roles')
            yield '<div class="scroll" tabindex="0" role="region" aria-label="Accounts"><table class="tb"><caption class="vh">The best accounts</caption><thead><tr><th class="num" scope="col">Rank</th><th scope="col">Account</th><th scope="col">Flames</th><th class="num" scope="col">Score</th><th class="num" scope="col">Contacts</th>'
            if (undefined(name='roles') if l_0_roles is missing else l_0_roles):
                pass
                yield '<th scope="col">Roles</th>'
            yield '<th scope="col">Last activity</th></tr></thead><tbody>\n'
            for l_1_line in environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'lines'):
                l_1_part = resolve('part')
                _loop_vars = {}
                pass
                yield '<tr><td class="num">'
                yield escape(t_9(environment.getattr(l_1_line, 'rank')))
                yield '</td><th scope="row"><b>'
                yield escape(t_10(environment.getattr(l_1_line, 'called')))
                yield '</b>'
                if (environment.getattr(l_1_line, 'account') != environment.getattr(l_1_line, 'called')):
                    pass
                    yield '<div class="sub">'
                    yield escape(t_10(environment.getattr(l_1_line, 'account'), 40))
                    yield '</div>'
                yield '</th><td>'
                yield escape(context.call(environment.getattr((undefined(name='part') if l_1_part is missing else l_1_part), 'flames'), environment.getattr(l_1_line, 'flames'), _loop_vars=_loop_vars))
                yield '</td><td class="num"><b>'
                yield escape(t_13(context, environment.getattr(l_1_line, 'points')))
                yield '</b> <span class="mute">('
                yield escape(environment.getattr(l_1_line, 'percent'))
                yield '%)</span></td><td class="num">'
                yield escape(t_9(environment.getattr(l_1_line, 'contacts')))
                yield '</td>'
                if (undefined(name='roles') if l_0_roles is missing else l_0_roles):
                    pass
                    yield '<td>'
                    yield escape(t_10(environment.getattr(l_1_line, 'roles')))
                    yield '</td>'
                yield '<td>'
                if environment.getattr(l_1_line, 'last_day'):
                    pass
                    yield escape(t_2(context, environment.getattr(l_1_line, 'last_day')))
                yield '</td></tr>\n'
            l_1_line = l_1_part = missing
            yield '</tbody></table></div>\n'
        yield '</div>\n'
    yield '</div></section>'

blocks = {}
debug_info = '1=118&3=122&4=132&5=137&6=139&7=142&8=152&9=156&10=160&11=163&12=169&15=193&18=201&24=208&26=223&27=225&28=230&31=239&32=242&33=245&34=249&36=259&37=287&40=289&41=291&42=295&43=304&47=329&48=332&49=334&53=356&54=360&55=362&59=378&60=380&62=384&65=390&66=406&67=410&68=414'
