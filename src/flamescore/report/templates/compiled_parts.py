"""Made of parts.html.j2 by `make docs`."""
# mypy: ignore-errors
made_of = '3.1.6 d19d75582fb3e97cce040c7f86d6c90756ed9ddef5daec64a39bfaabaac17cb4'
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'parts.html.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_flame = l_0_symbols = l_0_flames = l_0_more = l_0_standing = l_0_who = l_0_reach = l_0_why = l_0_bar = l_0_score = l_0_listed = l_0_nearest = l_0_row = l_0_owners = l_0_strongest = l_0_rules = l_0_grid = l_0_move = l_0_changed = l_0_told = missing
    try:
        t_1 = environment.filters['bare']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'bare' found.")
    try:
        t_2 = environment.filters['count']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'count' found.")
    try:
        t_3 = environment.filters['iso']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'iso' found.")
    try:
        t_4 = environment.filters['join']
    except KeyError:
        @internalcode
        def t_4(*unused):
            raise TemplateRuntimeError("No filter named 'join' found.")
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
        t_7 = environment.filters['mail']
    except KeyError:
        @internalcode
        def t_7(*unused):
            raise TemplateRuntimeError("No filter named 'mail' found.")
    try:
        t_8 = environment.filters['map']
    except KeyError:
        @internalcode
        def t_8(*unused):
            raise TemplateRuntimeError("No filter named 'map' found.")
    try:
        t_9 = environment.filters['max']
    except KeyError:
        @internalcode
        def t_9(*unused):
            raise TemplateRuntimeError("No filter named 'max' found.")
    try:
        t_10 = environment.filters['moment']
    except KeyError:
        @internalcode
        def t_10(*unused):
            raise TemplateRuntimeError("No filter named 'moment' found.")
    try:
        t_11 = environment.filters['number']
    except KeyError:
        @internalcode
        def t_11(*unused):
            raise TemplateRuntimeError("No filter named 'number' found.")
    try:
        t_12 = environment.filters['own']
    except KeyError:
        @internalcode
        def t_12(*unused):
            raise TemplateRuntimeError("No filter named 'own' found.")
    try:
        t_13 = environment.filters['replace']
    except KeyError:
        @internalcode
        def t_13(*unused):
            raise TemplateRuntimeError("No filter named 'replace' found.")
    try:
        t_14 = environment.filters['selectattr']
    except KeyError:
        @internalcode
        def t_14(*unused):
            raise TemplateRuntimeError("No filter named 'selectattr' found.")
    try:
        t_15 = environment.filters['share']
    except KeyError:
        @internalcode
        def t_15(*unused):
            raise TemplateRuntimeError("No filter named 'share' found.")
    try:
        t_16 = environment.filters['short']
    except KeyError:
        @internalcode
        def t_16(*unused):
            raise TemplateRuntimeError("No filter named 'short' found.")
    try:
        t_17 = environment.filters['strength']
    except KeyError:
        @internalcode
        def t_17(*unused):
            raise TemplateRuntimeError("No filter named 'strength' found.")
    try:
        t_18 = environment.filters['strongest']
    except KeyError:
        @internalcode
        def t_18(*unused):
            raise TemplateRuntimeError("No filter named 'strongest' found.")
    try:
        t_19 = environment.filters['tel']
    except KeyError:
        @internalcode
        def t_19(*unused):
            raise TemplateRuntimeError("No filter named 'tel' found.")
    try:
        t_20 = environment.tests['none']
    except KeyError:
        @internalcode
        def t_20(*unused):
            raise TemplateRuntimeError("No test named 'none' found.")
    pass
    def macro():
        t_21 = []
        pass
        t_21.append(
            '<svg class="mark" viewBox="0 0 14 18" aria-hidden="true"><use href="#i"></use></svg>',
        )
        return concat(t_21)
    context.exported_vars.add('flame')
    context.vars['flame'] = l_0_flame = Macro(environment, macro, 'flame', (), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro():
        t_22 = []
        l_1_range = resolve('range')
        pass
        t_22.append(
            '<svg width="0" height="0" class="defs" aria-hidden="true" focusable="false"><defs>\n<path id="i" d="M7.9 0c.4 3.1-1 4.700-2.500 6.500-.5.6-1.100.3-1.200-.5l-.1-.8C2.300 6.800.7 9.100.7 11.900.7 15.400 3.500 18 7 18s6.300-2.600 6.300-6.100C13.300 7.200 9.100 5.300 7.900 0z"/>\n',
        )
        for l_2_on in context.call((undefined(name='range') if l_1_range is missing else l_1_range), 6):
            _loop_vars = {}
            pass
            t_22.extend((
                '<symbol id="f',
                escape(l_2_on),
                '" viewBox="0 0 78 18">',
            ))
            for l_3_n in context.call((undefined(name='range') if l_1_range is missing else l_1_range), 5, _loop_vars=_loop_vars):
                _loop_vars = {}
                pass
                t_22.extend((
                    '<use href="#i" x="',
                    escape((l_3_n * 16)),
                    '" class="',
                    escape(('on' if (l_3_n < l_2_on) else 'off')),
                    '"></use>',
                ))
            l_3_n = missing
            t_22.append(
                '</symbol>\n',
            )
        l_2_on = missing
        t_22.append(
            '</defs></svg>\n',
        )
        return concat(t_22)
    context.exported_vars.add('symbols')
    context.vars['symbols'] = l_0_symbols = Macro(environment, macro, 'symbols', (), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_n):
        t_23 = []
        if l_1_n is missing:
            l_1_n = undefined("parameter 'n' was not provided", name='n')
        pass
        t_23.extend((
            '<svg class="fl" role="img" aria-label="',
            escape(l_1_n),
            ' of 5 flames"><use href="#f',
            escape(l_1_n),
            '"></use></svg>',
        ))
        return concat(t_23)
    context.exported_vars.add('flames')
    context.vars['flames'] = l_0_flames = Macro(environment, macro, 'flames', ('n',), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_many):
        t_24 = []
        if l_1_many is missing:
            l_1_many = undefined("parameter 'many' was not provided", name='many')
        pass
        t_24.extend((
            escape(context.call(environment.getattr('{:,}', 'format'), l_1_many)),
            ' more ',
            escape(('is' if (l_1_many == 1) else 'are')),
        ))
        return concat(t_24)
    context.exported_vars.add('more')
    context.vars['more'] = l_0_more = Macro(environment, macro, 'more', ('many',), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_lead):
        t_25 = []
        if l_1_lead is missing:
            l_1_lead = undefined("parameter 'lead' was not provided", name='lead')
        pass
        t_25.extend((
            '<span class="pts"><b>',
            escape(environment.getattr(l_1_lead, 'score')),
            '</b> (',
            escape(environment.getattr(l_1_lead, 'percent')),
            '%)</span>',
        ))
        return concat(t_25)
    context.exported_vars.add('standing')
    context.vars['standing'] = l_0_standing = Macro(environment, macro, 'standing', ('lead',), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_lead):
        t_26 = []
        if l_1_lead is missing:
            l_1_lead = undefined("parameter 'lead' was not provided", name='lead')
        pass
        t_26.extend((
            '<b class="name">',
            escape(t_12(environment.getattr(l_1_lead, 'called'), titled=True)),
            '</b>',
        ))
        if (environment.getattr(l_1_lead, 'company') or (environment.getattr(l_1_lead, 'contact_id') != environment.getattr(l_1_lead, 'called'))):
            pass
            t_26.append(
                '<span class="co">',
            )
            if environment.getattr(l_1_lead, 'company'):
                pass
                t_26.extend((
                    escape(t_12(environment.getattr(l_1_lead, 'company'))),
                    ' ',
                ))
            if (environment.getattr(l_1_lead, 'contact_id') != environment.getattr(l_1_lead, 'called')):
                pass
                t_26.extend((
                    '<i>',
                    escape(t_12(environment.getattr(l_1_lead, 'contact_id'), 24)),
                    '</i>',
                ))
            t_26.append(
                '</span>',
            )
        return concat(t_26)
    context.exported_vars.add('who')
    context.vars['who'] = l_0_who = Macro(environment, macro, 'who', ('lead',), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_lead):
        t_27 = []
        if l_1_lead is missing:
            l_1_lead = undefined("parameter 'lead' was not provided", name='lead')
        pass
        if environment.getattr(l_1_lead, 'phone'):
            pass
            t_27.append(
                escape(t_19(environment.getattr(l_1_lead, 'phone'))),
            )
        if environment.getattr(l_1_lead, 'email'):
            pass
            t_27.append(
                escape(t_7(environment.getattr(l_1_lead, 'email'))),
            )
        return concat(t_27)
    context.exported_vars.add('reach')
    context.vars['reach'] = l_0_reach = Macro(environment, macro, 'reach', ('lead',), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_reasons):
        t_28 = []
        if l_1_reasons is missing:
            l_1_reasons = undefined("parameter 'reasons' was not provided", name='reasons')
        pass
        if l_1_reasons:
            pass
            t_28.append(
                '<ul>',
            )
            for l_2_reason in l_1_reasons:
                _loop_vars = {}
                pass
                t_28.extend((
                    '<li>',
                    escape(t_12(environment.getattr(l_2_reason, 'what'))),
                    ',&nbsp;<b>',
                    escape(environment.getattr(l_2_reason, 'points')),
                    '</b></li>',
                ))
            l_2_reason = missing
            t_28.append(
                '</ul>',
            )
        return concat(t_28)
    context.exported_vars.add('why')
    context.vars['why'] = l_0_why = Macro(environment, macro, 'why', ('reasons',), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_amount, l_1_most, l_1_tone):
        t_29 = []
        if l_1_amount is missing:
            l_1_amount = undefined("parameter 'amount' was not provided", name='amount')
        if l_1_most is missing:
            l_1_most = undefined("parameter 'most' was not provided", name='most')
        if l_1_tone is missing:
            l_1_tone = ''
        pass
        t_29.extend((
            '<svg class="bar',
            escape(l_1_tone),
            '" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="',
            escape(t_15(l_1_amount, l_1_most)),
            '" height="1"/></svg>',
        ))
        return concat(t_29)
    context.exported_vars.add('bar')
    context.vars['bar'] = l_0_bar = Macro(environment, macro, 'bar', ('amount', 'most', 'tone'), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_report, l_1_score, l_1_k, l_1_several):
        t_30 = []
        l_1_range = resolve('range')
        l_1_h = l_1_most = missing
        if l_1_report is missing:
            l_1_report = undefined("parameter 'report' was not provided", name='report')
        if l_1_score is missing:
            l_1_score = undefined("parameter 'score' was not provided", name='score')
        if l_1_k is missing:
            l_1_k = undefined("parameter 'k' was not provided", name='k')
        if l_1_several is missing:
            l_1_several = undefined("parameter 'several' was not provided", name='several')
        pass
        l_1_h = ('h2' if l_1_several else 'h1')
        t_30.extend((
            '<section class="score" id="score',
            escape(l_1_k),
            '" aria-labelledby="score',
            escape(l_1_k),
            '-h">\n<div class="hero">\n<div class="say">\n<',
            escape((undefined(name='h') if l_1_h is missing else l_1_h)),
            ' class="big" id="score',
            escape(l_1_k),
            '-h">',
        ))
        if l_1_several:
            pass
            t_30.extend((
                '<span class="kicker">',
                escape(t_12(environment.getattr(l_1_score, 'title'))),
                '</span> ',
            ))
        t_30.extend((
            '<b>',
            escape(context.call(environment.getattr('{:,}', 'format'), environment.getattr(l_1_score, 'on_list'))),
            '</b> hot lead',
            escape(('' if (environment.getattr(l_1_score, 'on_list') == 1) else 's')),
            ' to call</',
            escape((undefined(name='h') if l_1_h is missing else l_1_h)),
            '>\n<p class="lead">',
        ))
        if l_1_several:
            pass
            t_30.append(
                'Of',
            )
        else:
            pass
            t_30.extend((
                escape(t_12(environment.getattr(l_1_score, 'title'))),
                ': of',
            ))
        t_30.extend((
            ' ',
            escape(t_2(environment.getattr(l_1_score, 'contacts'), 'contact')),
            ' ',
            escape(context.call(environment.getattr('{:,}', 'format'), environment.getattr(l_1_score, 'hot'))),
            ' ',
            escape(('is' if (environment.getattr(l_1_score, 'hot') == 1) else 'are')),
            ' hot, with ',
            escape(t_2(environment.getattr(l_1_report, 'hot_flames'), 'flame')),
            escape(('' if (environment.getattr(l_1_report, 'hot_flames') == 5) else ' or more')),
        ))
        if environment.getattr(l_1_score, 'hot_from'):
            pass
            t_30.extend((
                ' from ',
                escape(environment.getattr(l_1_score, 'hot_from')),
                ' points',
            ))
        if (environment.getattr(l_1_score, 'hot') > environment.getattr(l_1_score, 'on_list')):
            pass
            t_30.extend((
                '; ',
                escape(context.call(environment.getattr('{:,}', 'format'), (environment.getattr(l_1_score, 'hot') - environment.getattr(l_1_score, 'on_list')))),
                ' of them ',
                escape(('is' if ((environment.getattr(l_1_score, 'hot') - environment.getattr(l_1_score, 'on_list')) == 1) else 'are')),
                ' excluded from calls',
            ))
        t_30.append(
            '.</p>\n<dl class="spread">\n',
        )
        for (l_2_percent, l_2_at) in environment.getattr(l_1_score, 'percentiles'):
            _loop_vars = {}
            pass
            t_30.extend((
                '<div><dt>',
                escape(l_2_percent),
                '% score up to</dt><dd>',
                escape(l_2_at),
                '</dd></div>\n',
            ))
        l_2_percent = l_2_at = missing
        t_30.extend((
            '</dl>\n<nav class="jump" aria-label="',
            escape(t_1(environment.getattr(l_1_score, 'title'))),
            '"><ul>\n<li><a href="#list',
            escape(l_1_k),
            '">The list</a></li>\n',
        ))
        if environment.getattr(l_1_score, 'moves'):
            pass
            t_30.extend((
                '<li><a href="#moves',
                escape(l_1_k),
                '">What changed</a></li>',
            ))
        if environment.getattr(l_1_score, 'nearest'):
            pass
            t_30.extend((
                '<li><a href="#near',
                escape(l_1_k),
                '">Closest to hot</a></li>',
            ))
        if environment.getattr(l_1_score, 'owners'):
            pass
            t_30.extend((
                '<li><a href="#owners',
                escape(l_1_k),
                '">By owner</a></li>',
            ))
        t_30.extend((
            '<li><a href="#rules',
            escape(l_1_k),
            '">Rules</a></li>\n<li><a href="#findings">Findings',
        ))
        if environment.getattr(environment.getattr(l_1_report, 'findings'), 'warnings'):
            pass
            t_30.extend((
                ' (',
                escape(t_5(environment.getattr(environment.getattr(l_1_report, 'findings'), 'warnings'))),
                ')',
            ))
        t_30.append(
            '</a></li>\n</ul></nav>\n</div>\n<figure class="dist">\n<figcaption>Contacts by flames</figcaption>\n',
        )
        l_1_most = t_9(environment, environment.getattr(l_1_score, 'flames')[1:])
        t_30.append(
            '<table class="bars"><thead class="vh"><tr><th scope="col">Flames</th><td></td><th scope="col">Contacts</th></tr></thead><tbody>\n',
        )
        for l_2_n in context.call((undefined(name='range') if l_1_range is missing else l_1_range), 5, 0, -1):
            _loop_vars = {}
            pass
            t_30.extend((
                '<tr><th scope="row">',
                escape(t_2(l_2_n, 'flame')),
                '</th><td>',
                escape(context.call((undefined(name='bar') if l_0_bar is missing else l_0_bar), environment.getitem(environment.getattr(l_1_score, 'flames'), l_2_n), (undefined(name='most') if l_1_most is missing else l_1_most), (' f%d' % l_2_n), _loop_vars=_loop_vars)),
                '</td><td>',
                escape(context.call(environment.getattr('{:,}', 'format'), environment.getitem(environment.getattr(l_1_score, 'flames'), l_2_n), _loop_vars=_loop_vars)),
                '</td></tr>\n',
            ))
        l_2_n = missing
        t_30.extend((
            '<tr><th scope="row">No flame</th><td></td><td>',
            escape(context.call(environment.getattr('{:,}', 'format'), environment.getitem(environment.getattr(l_1_score, 'flames'), 0))),
            '</td></tr>\n</tbody></table>\n</figure>\n</div>\n',
        ))
        if environment.getattr(l_1_score, 'moves'):
            pass
            t_30.append(
                escape(context.call((undefined(name='changed') if l_0_changed is missing else l_0_changed), l_1_report, environment.getattr(l_1_score, 'moves'), l_1_k)),
            )
        t_30.extend((
            escape(context.call((undefined(name='listed') if l_0_listed is missing else l_0_listed), l_1_report, l_1_score, l_1_k)),
            '\n',
        ))
        if environment.getattr(l_1_score, 'nearest'):
            pass
            t_30.append(
                escape(context.call((undefined(name='nearest') if l_0_nearest is missing else l_0_nearest), l_1_score, l_1_k)),
            )
        if environment.getattr(l_1_score, 'owners'):
            pass
            t_30.append(
                escape(context.call((undefined(name='owners') if l_0_owners is missing else l_0_owners), l_1_report, l_1_score, l_1_k)),
            )
        t_30.extend((
            escape(context.call((undefined(name='rules') if l_0_rules is missing else l_0_rules), l_1_score, l_1_k)),
            '\n</section>\n',
        ))
        return concat(t_30)
    context.exported_vars.add('score')
    context.vars['score'] = l_0_score = Macro(environment, macro, 'score', ('report', 'score', 'k', 'several'), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_report, l_1_score, l_1_k):
        t_31 = []
        l_1_range = resolve('range')
        l_1_place = resolve('place')
        l_1_leads = l_1_moved = l_1_reachable = missing
        if l_1_report is missing:
            l_1_report = undefined("parameter 'report' was not provided", name='report')
        if l_1_score is missing:
            l_1_score = undefined("parameter 'score' was not provided", name='score')
        if l_1_k is missing:
            l_1_k = undefined("parameter 'k' was not provided", name='k')
        pass
        l_1_leads = t_6(context.eval_ctx, t_14(context, environment.getattr(l_1_score, 'leads'), 'flames'))
        l_1_moved = (not t_20(environment.getattr(l_1_score, 'moves')))
        l_1_reachable = (t_6(context.eval_ctx, t_14(context, (undefined(name='leads') if l_1_leads is missing else l_1_leads), 'phone')) or t_6(context.eval_ctx, t_14(context, (undefined(name='leads') if l_1_leads is missing else l_1_leads), 'email')))
        t_31.extend((
            '<section class="block" aria-labelledby="list',
            escape(l_1_k),
            '-h">\n<h3 id="list',
            escape(l_1_k),
            '-h"><span id="list',
            escape(l_1_k),
            '" tabindex="-1">The list</span></h3>\n',
        ))
        if (not (undefined(name='leads') if l_1_leads is missing else l_1_leads)):
            pass
            t_31.append(
                '<p class="sub">No contact has a flame yet',
            )
            if environment.getattr(l_1_score, 'nearest'):
                pass
                t_31.append(
                    '; the closest are below',
                )
            t_31.append(
                '.</p>\n',
            )
        else:
            pass
            if (not environment.getattr(l_1_score, 'on_list')):
                pass
                t_31.append(
                    '<p class="sub">No leads are hot.</p>',
                )
            if (t_5((undefined(name='leads') if l_1_leads is missing else l_1_leads)) < environment.getattr(l_1_score, 'warm')):
                pass
                t_31.extend((
                    '<p class="sub">The first ',
                    escape(context.call(environment.getattr('{:,}', 'format'), t_5((undefined(name='leads') if l_1_leads is missing else l_1_leads)))),
                    ' of ',
                    escape(context.call(environment.getattr('{:,}', 'format'), environment.getattr(l_1_score, 'warm'))),
                    ' with a flame or more. <code>',
                    escape(environment.getattr(l_1_score, 'file')),
                    '</code> has all who are hot, <code>scores.csv</code> everybody.</p>',
                ))
            t_31.extend((
                '<div class="list" data-list data-hot="',
                escape(environment.getattr(l_1_report, 'hot_flames')),
                '">\n<div class="tools" hidden>\n<label class="find"><span>Find</span><input type="search" placeholder="Name, company, phone, e-mail, id" autocomplete="off" spellcheck="false"></label>\n<label><span>Flames</span><select data-by="flames">\n',
            ))
            if (0 < environment.getattr(l_1_score, 'on_list')):
                pass
                t_31.append(
                    '<option value="hot">Hot only</option>',
                )
            t_31.append(
                '<option value="">All listed</option>\n',
            )
            for l_2_n in context.call((undefined(name='range') if l_1_range is missing else l_1_range), 5, 0, -1):
                l_2_m = missing
                _loop_vars = {}
                pass
                l_2_m = t_5(t_6(context.eval_ctx, t_14(context, (undefined(name='leads') if l_1_leads is missing else l_1_leads), 'flames', 'eq', l_2_n)))
                _loop_vars['m'] = l_2_m
                if (undefined(name='m') if l_2_m is missing else l_2_m):
                    pass
                    t_31.extend((
                        '<option value="',
                        escape(l_2_n),
                        '">',
                        escape(t_2(l_2_n, 'flame')),
                        ' (',
                        escape((undefined(name='m') if l_2_m is missing else l_2_m)),
                        ')</option>',
                    ))
            l_2_n = l_2_m = missing
            t_31.append(
                '</select></label>\n',
            )
            if environment.getattr(l_1_score, 'owners'):
                pass
                t_31.append(
                    '<label><span>Owner</span><select data-by="owner"><option value="">Everyone</option>\n',
                )
                l_2_loop = missing
                for l_2_owner, l_2_loop in LoopContext(environment.getattr(l_1_score, 'owners'), undefined):
                    _loop_vars = {}
                    pass
                    if environment.getattr(l_2_owner, 'listed'):
                        pass
                        t_31.extend((
                            '<option value="',
                            escape(environment.getattr(l_2_loop, 'index0')),
                            '">',
                            escape(t_1(environment.getattr(l_2_owner, 'owner'), 40)),
                            ' (',
                            escape(t_5(environment.getattr(l_2_owner, 'listed'))),
                            ')</option>',
                        ))
                l_2_loop = l_2_owner = missing
                t_31.append(
                    '</select></label>\n',
                )
            t_31.append(
                '<label class="order"><span>Sort by</span><select data-by="order"></select></label>\n<p class="found" role="status"></p>\n<button type="button" class="clear" hidden>Show all</button>\n</div>\n',
            )
            l_1_place = {}
            l_2_loop = missing
            for l_2_owner, l_2_loop in LoopContext(environment.getattr(l_1_score, 'owners'), undefined):
                l_2__ = missing
                _loop_vars = {}
                pass
                l_2__ = context.call(environment.getattr((undefined(name='place') if l_1_place is missing else l_1_place), 'update'), {environment.getattr(l_2_owner, 'owner'): environment.getattr(l_2_loop, 'index0')}, _loop_vars=_loop_vars)
                _loop_vars['_'] = l_2__
            l_2_loop = l_2_owner = l_2__ = missing
            t_31.extend((
                '<table class="leads" role="table">\n<caption class="vh">',
                escape(t_1(environment.getattr(l_1_score, 'title'))),
                ': leads in ranked order</caption>\n<thead role="rowgroup"><tr role="row">\n<th role="columnheader" scope="col" class="rank" data-sort="number" aria-sort="ascending">Rank</th>\n<th role="columnheader" scope="col" class="who" data-sort="text">Lead</th>\n',
            ))
            if (undefined(name='reachable') if l_1_reachable is missing else l_1_reachable):
                pass
                t_31.append(
                    '<th role="columnheader" scope="col" class="reach">Reach</th>',
                )
            t_31.append(
                '<th role="columnheader" scope="col" class="heat" data-sort="number" data-first="descending">Score</th>\n<th role="columnheader" scope="col" class="why">Strongest reasons</th>\n<th role="columnheader" scope="col" class="last" data-sort="text" data-first="descending">Last active</th>\n',
            )
            if environment.getattr(l_1_score, 'owners'):
                pass
                t_31.append(
                    '<th role="columnheader" scope="col" class="owner" data-sort="text">Owner</th>',
                )
            if (undefined(name='moved') if l_1_moved is missing else l_1_moved):
                pass
                t_31.append(
                    '<th role="columnheader" scope="col" class="by" data-sort="number" data-first="descending">Change</th>',
                )
            t_31.append(
                '</tr></thead>\n<tbody role="rowgroup">\n',
            )
            for l_2_lead in (undefined(name='leads') if l_1_leads is missing else l_1_leads):
                l_2_unassigned = resolve('unassigned')
                _loop_vars = {}
                pass
                t_31.extend((
                    '<tr role="row" data-f="',
                    escape(environment.getattr(l_2_lead, 'flames')),
                    '"',
                ))
                if environment.getattr(l_1_score, 'owners'):
                    pass
                    t_31.extend((
                        ' data-o="',
                        escape(context.call(environment.getattr((undefined(name='place') if l_1_place is missing else l_1_place), 'get'), (environment.getattr(l_2_lead, 'owner') or (undefined(name='unassigned') if l_2_unassigned is missing else l_2_unassigned)), '', _loop_vars=_loop_vars)),
                        '"',
                    ))
                t_31.extend((
                    '>\n<td role="cell" class="rank" data-k="',
                    escape(environment.getattr(l_2_lead, 'rank')),
                    '">',
                    escape(context.call(environment.getattr('{:,}', 'format'), environment.getattr(l_2_lead, 'rank'), _loop_vars=_loop_vars)),
                    '</td>\n<th role="rowheader" scope="row" class="who">',
                    escape(context.call((undefined(name='who') if l_0_who is missing else l_0_who), l_2_lead, _loop_vars=_loop_vars)),
                    '</th>\n',
                ))
                if (undefined(name='reachable') if l_1_reachable is missing else l_1_reachable):
                    pass
                    t_31.extend((
                        '<td role="cell" class="reach">',
                        escape(context.call((undefined(name='reach') if l_0_reach is missing else l_0_reach), l_2_lead, _loop_vars=_loop_vars)),
                        '</td>',
                    ))
                t_31.extend((
                    '<td role="cell" class="heat" data-k="',
                    escape(t_13(context.eval_ctx, environment.getattr(l_2_lead, 'score'), ',', '')),
                    '">',
                    escape(context.call((undefined(name='flames') if l_0_flames is missing else l_0_flames), environment.getattr(l_2_lead, 'flames'), _loop_vars=_loop_vars)),
                    escape(context.call((undefined(name='standing') if l_0_standing is missing else l_0_standing), l_2_lead, _loop_vars=_loop_vars)),
                    '</td>\n<td role="cell" class="why">',
                    escape(context.call((undefined(name='why') if l_0_why is missing else l_0_why), environment.getattr(l_2_lead, 'reasons'), _loop_vars=_loop_vars)),
                    '</td>\n<td role="cell" class="last" data-k="',
                    escape((environment.getattr(l_2_lead, 'last_activity') or '')),
                    '">',
                ))
                if environment.getattr(l_2_lead, 'last_activity'):
                    pass
                    t_31.extend((
                        '<time datetime="',
                        escape(t_3(environment.getattr(l_2_lead, 'last_activity'))),
                        '">',
                        escape(t_16(environment.getattr(l_2_lead, 'last_activity'), environment.getattr(environment.getattr(l_1_report, 'as_of'), 'year'))),
                        ' <span>',
                        escape(environment.getattr(l_2_lead, 'last_activity')[11:]),
                        '</span></time>',
                    ))
                t_31.append(
                    '</td>\n',
                )
                if environment.getattr(l_1_score, 'owners'):
                    pass
                    t_31.extend((
                        '<td role="cell" class="owner">',
                        escape(t_12((environment.getattr(l_2_lead, 'owner') or (undefined(name='unassigned') if l_2_unassigned is missing else l_2_unassigned)), 40)),
                        '</td>',
                    ))
                if (undefined(name='moved') if l_1_moved is missing else l_1_moved):
                    pass
                    t_31.extend((
                        '<td role="cell" class="by ',
                        escape(('same' if ((not environment.getattr(l_2_lead, 'change')) or (environment.getattr(l_2_lead, 'change') == '0')) else ('down' if (environment.getitem(environment.getattr(l_2_lead, 'change'), 0) == '-') else 'up'))),
                        '" data-k="',
                        escape(t_13(context.eval_ctx, t_13(context.eval_ctx, t_13(context.eval_ctx, (environment.getattr(l_2_lead, 'change') or '0'), '+', ''), ',', ''), 'new', '1e9')),
                        '">',
                        escape((environment.getattr(l_2_lead, 'change') or '0')),
                        '</td>',
                    ))
                t_31.append(
                    '</tr>\n',
                )
            l_2_lead = l_2_unassigned = missing
            t_31.append(
                '</tbody></table>\n<p class="none" hidden>No leads match.</p>\n</div>\n',
            )
        t_31.append(
            '</section>\n',
        )
        return concat(t_31)
    context.exported_vars.add('listed')
    context.vars['listed'] = l_0_listed = Macro(environment, macro, 'listed', ('report', 'score', 'k'), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_score, l_1_k):
        t_32 = []
        if l_1_score is missing:
            l_1_score = undefined("parameter 'score' was not provided", name='score')
        if l_1_k is missing:
            l_1_k = undefined("parameter 'k' was not provided", name='k')
        pass
        t_32.extend((
            '<section class="block" id="near',
            escape(l_1_k),
            '" aria-labelledby="near',
            escape(l_1_k),
            '-h">\n<h3 id="near',
            escape(l_1_k),
            '-h">Closest to hot</h3>\n<ol class="cards">\n',
        ))
        for l_2_lead in environment.getattr(l_1_score, 'nearest'):
            _loop_vars = {}
            pass
            t_32.extend((
                '<li>\n<div class="who">',
                escape(context.call((undefined(name='who') if l_0_who is missing else l_0_who), l_2_lead, _loop_vars=_loop_vars)),
                '</div>\n<p class="heat">',
                escape(context.call((undefined(name='flames') if l_0_flames is missing else l_0_flames), environment.getattr(l_2_lead, 'flames'), _loop_vars=_loop_vars)),
                escape(context.call((undefined(name='standing') if l_0_standing is missing else l_0_standing), l_2_lead, _loop_vars=_loop_vars)),
            ))
            if environment.getattr(l_2_lead, 'missing'):
                pass
                t_32.extend((
                    '<span class="go"><b>',
                    escape(environment.getattr(l_2_lead, 'missing')),
                    '</b> to go</span>',
                ))
            t_32.append(
                '</p>\n',
            )
            if environment.getattr(l_2_lead, 'reasons'):
                pass
                t_32.extend((
                    '<p class="one">',
                    escape(t_12(environment.getattr(environment.getitem(environment.getattr(l_2_lead, 'reasons'), 0), 'what'))),
                    ',&nbsp;<b>',
                    escape(environment.getattr(environment.getitem(environment.getattr(l_2_lead, 'reasons'), 0), 'points')),
                    '</b></p>',
                ))
            if (environment.getattr(l_2_lead, 'phone') or environment.getattr(l_2_lead, 'email')):
                pass
                t_32.extend((
                    '<p class="reach">',
                    escape(context.call((undefined(name='reach') if l_0_reach is missing else l_0_reach), l_2_lead, _loop_vars=_loop_vars)),
                    '</p>',
                ))
            t_32.append(
                '</li>\n',
            )
        l_2_lead = missing
        t_32.append(
            '</ol>\n</section>\n',
        )
        return concat(t_32)
    context.exported_vars.add('nearest')
    context.vars['nearest'] = l_0_nearest = Macro(environment, macro, 'nearest', ('score', 'k'), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_lead):
        t_33 = []
        if l_1_lead is missing:
            l_1_lead = undefined("parameter 'lead' was not provided", name='lead')
        pass
        t_33.extend((
            '<li><span class="who"><b class="name">',
            escape(t_12(environment.getattr(l_1_lead, 'called'), 48)),
            '</b>',
        ))
        if environment.getattr(l_1_lead, 'phone'):
            pass
            t_33.extend((
                '<span class="co">',
                escape(t_19(environment.getattr(l_1_lead, 'phone'))),
                '</span>',
            ))
        elif environment.getattr(l_1_lead, 'email'):
            pass
            t_33.extend((
                '<span class="co">',
                escape(t_7(environment.getattr(l_1_lead, 'email'))),
                '</span>',
            ))
        t_33.extend((
            '</span><span class="heat">',
            escape(context.call((undefined(name='flames') if l_0_flames is missing else l_0_flames), environment.getattr(l_1_lead, 'flames'))),
            escape(context.call((undefined(name='standing') if l_0_standing is missing else l_0_standing), l_1_lead)),
            '</span></li>',
        ))
        return concat(t_33)
    context.exported_vars.add('row')
    context.vars['row'] = l_0_row = Macro(environment, macro, 'row', ('lead',), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_report, l_1_score, l_1_k):
        t_34 = []
        if l_1_report is missing:
            l_1_report = undefined("parameter 'report' was not provided", name='report')
        if l_1_score is missing:
            l_1_score = undefined("parameter 'score' was not provided", name='score')
        if l_1_k is missing:
            l_1_k = undefined("parameter 'k' was not provided", name='k')
        pass
        t_34.extend((
            '<section class="block" id="owners',
            escape(l_1_k),
            '" aria-labelledby="owners',
            escape(l_1_k),
            '-h">\n<h3 id="owners',
            escape(l_1_k),
            '-h">By owner</h3>\n<div class="owners">\n',
        ))
        l_2_loop = missing
        for l_2_owner, l_2_loop in LoopContext(environment.getattr(l_1_score, 'owners'), undefined):
            l_2_hot = l_2_warm = missing
            _loop_vars = {}
            pass
            l_2_hot = t_6(context.eval_ctx, t_14(context, environment.getattr(l_2_owner, 'listed'), 'flames', 'ge', environment.getattr(l_1_report, 'hot_flames')))
            _loop_vars['hot'] = l_2_hot
            l_2_warm = environment.getattr(l_2_owner, 'listed')[t_5((undefined(name='hot') if l_2_hot is missing else l_2_hot)):]
            _loop_vars['warm'] = l_2_warm
            t_34.extend((
                '<section class="owner-card" aria-labelledby="owner',
                escape(l_1_k),
                '-',
                escape(environment.getattr(l_2_loop, 'index0')),
                '">\n<h4 id="owner',
                escape(l_1_k),
                '-',
                escape(environment.getattr(l_2_loop, 'index0')),
                '">',
                escape(t_12(environment.getattr(l_2_owner, 'owner'), 60)),
                '</h4>\n<p class="tally"><b>',
                escape(context.call(environment.getattr('{:,}', 'format'), environment.getattr(l_2_owner, 'hot'), _loop_vars=_loop_vars)),
                '</b> hot of ',
                escape(t_2(environment.getattr(l_2_owner, 'leads'), 'lead')),
                '</p>\n',
            ))
            if (undefined(name='hot') if l_2_hot is missing else l_2_hot):
                pass
                t_34.append(
                    '<ol>',
                )
                for l_3_lead in (undefined(name='hot') if l_2_hot is missing else l_2_hot):
                    _loop_vars = {}
                    pass
                    t_34.append(
                        escape(context.call((undefined(name='row') if l_0_row is missing else l_0_row), l_3_lead, _loop_vars=_loop_vars)),
                    )
                l_3_lead = missing
                t_34.append(
                    '</ol>',
                )
            if (undefined(name='warm') if l_2_warm is missing else l_2_warm):
                pass
                t_34.extend((
                    '<details><summary>',
                    escape(t_5((undefined(name='warm') if l_2_warm is missing else l_2_warm))),
                    ' ',
                ))
                if (undefined(name='hot') if l_2_hot is missing else l_2_hot):
                    pass
                    t_34.append(
                        'more ',
                    )
                t_34.append(
                    'with fewer flames</summary><ol>',
                )
                for l_3_lead in (undefined(name='warm') if l_2_warm is missing else l_2_warm):
                    _loop_vars = {}
                    pass
                    t_34.append(
                        escape(context.call((undefined(name='row') if l_0_row is missing else l_0_row), l_3_lead, _loop_vars=_loop_vars)),
                    )
                l_3_lead = missing
                t_34.append(
                    '</ol></details>',
                )
            if (t_5(environment.getattr(l_2_owner, 'listed')) < environment.getattr(l_2_owner, 'leads')):
                pass
                t_34.extend((
                    '<p class="more">',
                    escape(context.call((undefined(name='more') if l_0_more is missing else l_0_more), (environment.getattr(l_2_owner, 'leads') - t_5(environment.getattr(l_2_owner, 'listed'))), _loop_vars=_loop_vars)),
                    ' in the tables.</p>',
                ))
            t_34.append(
                '</section>\n',
            )
        l_2_loop = l_2_owner = l_2_hot = l_2_warm = missing
        t_34.append(
            '</div>\n</section>\n',
        )
        return concat(t_34)
    context.exported_vars.add('owners')
    context.vars['owners'] = l_0_owners = Macro(environment, macro, 'owners', ('report', 'score', 'k'), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_lines, l_1_title, l_1_tone):
        t_35 = []
        if l_1_lines is missing:
            l_1_lines = undefined("parameter 'lines' was not provided", name='lines')
        if l_1_title is missing:
            l_1_title = undefined("parameter 'title' was not provided", name='title')
        if l_1_tone is missing:
            l_1_tone = undefined("parameter 'tone' was not provided", name='tone')
        pass
        if l_1_lines:
            pass
            t_35.extend((
                '<figure><figcaption>',
                escape(l_1_title),
                '</figcaption><ol class="strongest">\n',
            ))
            for l_2_line in l_1_lines:
                _loop_vars = {}
                pass
                t_35.extend((
                    '<li><span>',
                    escape(t_12(environment.getattr(l_2_line, 'called'), 38)),
                ))
                if (environment.getattr(l_2_line, 'entry') != 'rule'):
                    pass
                    t_35.append(
                        ' (limit)',
                    )
                t_35.extend((
                    '</span><b>',
                    escape(t_11(environment.getattr(l_2_line, 'points'))),
                    '</b>',
                    escape(context.call((undefined(name='bar') if l_0_bar is missing else l_0_bar), environment.getattr(l_2_line, 'points'), environment.getattr(environment.getitem(l_1_lines, 0), 'points'), l_1_tone, _loop_vars=_loop_vars)),
                    '</li>\n',
                ))
            l_2_line = missing
            t_35.append(
                '</ol></figure>\n',
            )
        return concat(t_35)
    context.exported_vars.add('strongest')
    context.vars['strongest'] = l_0_strongest = Macro(environment, macro, 'strongest', ('lines', 'title', 'tone'), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_score, l_1_k):
        t_36 = []
        if l_1_score is missing:
            l_1_score = undefined("parameter 'score' was not provided", name='score')
        if l_1_k is missing:
            l_1_k = undefined("parameter 'k' was not provided", name='k')
        pass
        t_36.extend((
            '<section class="block" id="rules',
            escape(l_1_k),
            '" aria-labelledby="rules',
            escape(l_1_k),
            '-h">\n<h3 id="rules',
            escape(l_1_k),
            '-h">Rules by points given</h3>\n<div class="pair">\n<div>\n',
            escape(context.call((undefined(name='strongest') if l_0_strongest is missing else l_0_strongest), t_18(environment.getattr(l_1_score, 'rules')), 'Gave most', '')),
            '\n',
            escape(context.call((undefined(name='strongest') if l_0_strongest is missing else l_0_strongest), t_18(environment.getattr(l_1_score, 'rules'), took=True), 'Took most', ' cool')),
            '\n</div>\n<table class="nums wide"><caption class="vh">Every rule and limit, by points given</caption>\n<thead><tr><th scope="col">Rule</th><th scope="col">Contacts</th><th scope="col">Times</th><th scope="col">Points</th></tr></thead><tbody>\n',
        ))
        for l_2_rule in environment.getattr(l_1_score, 'rules'):
            _loop_vars = {}
            pass
            t_36.extend((
                '<tr><th scope="row">',
                escape(t_12(environment.getattr(l_2_rule, 'called'))),
            ))
            if (environment.getattr(l_2_rule, 'entry') != 'rule'):
                pass
                t_36.extend((
                    ' <i>',
                    escape(t_13(context.eval_ctx, environment.getattr(l_2_rule, 'entry'), '_', ' ')),
                    '</i>',
                ))
            t_36.extend((
                '</th><td>',
                escape(context.call(environment.getattr('{:,}', 'format'), environment.getattr(l_2_rule, 'contacts'), _loop_vars=_loop_vars)),
                '</td><td>',
                escape((context.call(environment.getattr('{:,}', 'format'), environment.getattr(l_2_rule, 'occurrences'), _loop_vars=_loop_vars) if environment.getattr(l_2_rule, 'occurrences') else '–')),
                '</td><td>',
                escape(t_11(environment.getattr(l_2_rule, 'points'))),
                '</td></tr>\n',
            ))
        l_2_rule = missing
        t_36.append(
            '</tbody></table>\n</div>\n</section>\n',
        )
        return concat(t_36)
    context.exported_vars.add('rules')
    context.vars['rules'] = l_0_rules = Macro(environment, macro, 'rules', ('score', 'k'), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_grid, l_1_k):
        t_37 = []
        l_1_range = resolve('range')
        l_1_most = missing
        if l_1_grid is missing:
            l_1_grid = undefined("parameter 'grid' was not provided", name='grid')
        if l_1_k is missing:
            l_1_k = undefined("parameter 'k' was not provided", name='k')
        pass
        t_37.extend((
            '<section class="block" aria-labelledby="grid',
            escape(l_1_k),
            '-h">\n<h2 class="h3" id="grid',
            escape(l_1_k),
            '-h">',
            escape(t_12(environment.getattr(l_1_grid, 'first'))),
            ' and ',
            escape(t_12(environment.getattr(l_1_grid, 'second'))),
            '</h2>\n<p class="sub">Contacts by the flames of both. Top right is where to look first.</p>\n',
        ))
        l_1_most = t_9(environment, t_8(context, environment.getattr(l_1_grid, 'counts'), 'max'))
        t_37.extend((
            '<table class="grid"><caption>Down: ',
            escape(t_12(environment.getattr(l_1_grid, 'first'))),
            '. Across: ',
            escape(t_12(environment.getattr(l_1_grid, 'second'))),
            '.</caption>\n<thead><tr><th scope="col">Flames</th>',
        ))
        for l_2_n in context.call((undefined(name='range') if l_1_range is missing else l_1_range), 6):
            _loop_vars = {}
            pass
            t_37.extend((
                '<th scope="col">',
                escape(l_2_n),
                '</th>',
            ))
        l_2_n = missing
        t_37.append(
            '</tr></thead><tbody>\n',
        )
        for l_2_n in context.call((undefined(name='range') if l_1_range is missing else l_1_range), 5, -1, -1):
            _loop_vars = {}
            pass
            t_37.extend((
                '<tr><th scope="row">',
                escape(l_2_n),
                '</th>',
            ))
            for l_3_many in environment.getitem(environment.getattr(l_1_grid, 'counts'), l_2_n):
                _loop_vars = {}
                pass
                t_37.extend((
                    '<td class="s',
                    escape(t_17(l_3_many, (undefined(name='most') if l_1_most is missing else l_1_most))),
                    '">',
                    escape(context.call(environment.getattr('{:,}', 'format'), l_3_many, _loop_vars=_loop_vars)),
                    '</td>',
                ))
            l_3_many = missing
            t_37.append(
                '</tr>\n',
            )
        l_2_n = missing
        t_37.append(
            '</tbody></table>\n</section>\n',
        )
        return concat(t_37)
    context.exported_vars.add('grid')
    context.vars['grid'] = l_0_grid = Macro(environment, macro, 'grid', ('grid', 'k'), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_one):
        t_38 = []
        if l_1_one is missing:
            l_1_one = undefined("parameter 'one' was not provided", name='one')
        pass
        t_38.extend((
            '<li>\n<div class="who"><b class="name">',
            escape(t_12(environment.getattr(l_1_one, 'called'))),
            '</b>',
        ))
        if environment.getattr(l_1_one, 'company'):
            pass
            t_38.extend((
                '<span class="co">',
                escape(t_12(environment.getattr(l_1_one, 'company'))),
                '</span>',
            ))
        t_38.append(
            '</div>\n<p class="heat">',
        )
        if (not t_20(environment.getattr(l_1_one, 'flames'))):
            pass
            t_38.append(
                escape(context.call((undefined(name='flames') if l_0_flames is missing else l_0_flames), environment.getattr(l_1_one, 'flames'))),
            )
        t_38.append(
            '<span class="pts">',
        )
        if (not t_20(environment.getattr(l_1_one, 'before'))):
            pass
            t_38.extend((
                escape(environment.getattr(l_1_one, 'before')),
                ' <span aria-label="to">→</span> ',
            ))
        t_38.extend((
            '<b>',
            escape((environment.getattr(l_1_one, 'now') if (not t_20(environment.getattr(l_1_one, 'now'))) else 'gone')),
            '</b></span></p>\n',
        ))
        if environment.getattr(l_1_one, 'parts'):
            pass
            t_38.extend((
                '<p class="one">',
                escape(t_4(context.eval_ctx, environment.getattr(l_1_one, 'parts'), ', ')),
                '</p>',
            ))
        t_38.append(
            '</li>',
        )
        return concat(t_38)
    context.exported_vars.add('move')
    context.vars['move'] = l_0_move = Macro(environment, macro, 'move', ('one',), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_report, l_1_moves, l_1_k):
        t_39 = []
        if l_1_report is missing:
            l_1_report = undefined("parameter 'report' was not provided", name='report')
        if l_1_moves is missing:
            l_1_moves = undefined("parameter 'moves' was not provided", name='moves')
        if l_1_k is missing:
            l_1_k = undefined("parameter 'k' was not provided", name='k')
        pass
        t_39.extend((
            '<section class="block" id="moves',
            escape(l_1_k),
            '" aria-labelledby="moves',
            escape(l_1_k),
            '-h">\n<h3 id="moves',
            escape(l_1_k),
            '-h">What changed</h3>\n<p class="sub">Since ',
            escape(t_10(environment.getattr(l_1_report, 'since'))),
            ': ',
            escape(context.call(environment.getattr('{:,}', 'format'), environment.getattr(l_1_moves, 'up'))),
            ' rose, ',
            escape(context.call(environment.getattr('{:,}', 'format'), environment.getattr(l_1_moves, 'down'))),
            ' fell, ',
            escape(context.call(environment.getattr('{:,}', 'format'), environment.getattr(l_1_moves, 'new'))),
            ' new, ',
            escape(context.call(environment.getattr('{:,}', 'format'), environment.getattr(l_1_moves, 'vanished'))),
            ' gone.</p>\n<div class="moves">\n<div class="got"><h4><b>',
            escape(context.call(environment.getattr('{:,}', 'format'), environment.getattr(l_1_moves, 'newly_hot'))),
            '</b> got hot</h4>',
        ))
        if environment.getattr(l_1_moves, 'hot'):
            pass
            t_39.append(
                '<ul class="cards">',
            )
            for l_2_one in environment.getattr(l_1_moves, 'hot'):
                _loop_vars = {}
                pass
                t_39.append(
                    escape(context.call((undefined(name='move') if l_0_move is missing else l_0_move), l_2_one, _loop_vars=_loop_vars)),
                )
            l_2_one = missing
            t_39.append(
                '</ul>',
            )
        if (t_5(environment.getattr(l_1_moves, 'hot')) < environment.getattr(l_1_moves, 'newly_hot')):
            pass
            t_39.extend((
                '<p class="more">',
                escape(context.call((undefined(name='more') if l_0_more is missing else l_0_more), (environment.getattr(l_1_moves, 'newly_hot') - t_5(environment.getattr(l_1_moves, 'hot'))))),
                ' in <code>changes.parquet</code>.</p>',
            ))
        t_39.extend((
            '</div>\n<div class="lost"><h4><b>',
            escape(context.call(environment.getattr('{:,}', 'format'), environment.getattr(l_1_moves, 'cooled_off'))),
            '</b> cooled off</h4>',
        ))
        if environment.getattr(l_1_moves, 'cooled'):
            pass
            t_39.append(
                '<ul class="cards">',
            )
            for l_2_one in environment.getattr(l_1_moves, 'cooled'):
                _loop_vars = {}
                pass
                t_39.append(
                    escape(context.call((undefined(name='move') if l_0_move is missing else l_0_move), l_2_one, _loop_vars=_loop_vars)),
                )
            l_2_one = missing
            t_39.append(
                '</ul>',
            )
        if (t_5(environment.getattr(l_1_moves, 'cooled')) < environment.getattr(l_1_moves, 'cooled_off')):
            pass
            t_39.extend((
                '<p class="more">',
                escape(context.call((undefined(name='more') if l_0_more is missing else l_0_more), (environment.getattr(l_1_moves, 'cooled_off') - t_5(environment.getattr(l_1_moves, 'cooled'))))),
                ' in <code>changes.parquet</code>.</p>',
            ))
        t_39.append(
            '</div>\n</div>\n</section>\n',
        )
        return concat(t_39)
    context.exported_vars.add('changed')
    context.vars['changed'] = l_0_changed = Macro(environment, macro, 'changed', ('report', 'moves', 'k'), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_found):
        t_40 = []
        if l_1_found is missing:
            l_1_found = undefined("parameter 'found' was not provided", name='found')
        pass
        t_40.append(
            '<li>',
        )
        if environment.getattr(l_1_found, 'place'):
            pass
            t_40.extend((
                '<code>',
                escape(t_12(environment.getattr(l_1_found, 'place'), 200)),
                '</code> ',
            ))
        t_40.extend((
            '<b>',
            escape(environment.getattr(l_1_found, 'severity')),
            ' ',
            escape(environment.getattr(l_1_found, 'code')),
            '</b>: ',
            escape(t_12(environment.getattr(l_1_found, 'message'), 1000)),
            '\n',
        ))
        if (not t_20(environment.getattr(l_1_found, 'accepted'))):
            pass
            t_40.append(
                escape(t_12(environment.getattr(l_1_found, 'accepted'), 440)),
            )
        for l_2_line in environment.getattr(l_1_found, 'lines'):
            _loop_vars = {}
            pass
            t_40.extend((
                '<br><span class="tally">',
                escape(t_12(l_2_line, 1000)),
                '</span>\n',
            ))
        l_2_line = missing
        t_40.append(
            '</li>\n',
        )
        return concat(t_40)
    context.exported_vars.add('told')
    context.vars['told'] = l_0_told = Macro(environment, macro, 'told', ('found',), False, False, False, context.eval_ctx.autoescape)

blocks = {}
debug_info = '1=132&5=142&8=149&9=154&14=179&15=186&18=195&19=201&22=209&23=216&26=225&27=232&28=235&31=260&32=265&35=279&36=284&39=307&40=318&43=327&44=340&45=343&48=347&49=368&51=409&52=414&55=422&56=424&57=427&58=434&59=441&60=450&61=453&67=463&69=467&71=482&75=485&76=491&77=494&78=499&79=505&83=512&84=524&85=525&86=526&87=529&88=531&89=536&90=541&92=551&93=556&94=569&98=572&100=580&102=601&104=607&111=628&112=630&114=639&118=642&122=650&123=655&126=663&127=669&128=681&129=685&130=688&131=697&132=702&133=704&134=721&135=728&145=753&146=762&147=766&149=769&151=774&152=776&153=789&154=798&161=816&162=823&165=850&166=861&167=865&169=869&170=873&171=875&172=879&173=883&174=889&175=894&176=909&177=934&184=952&185=961&186=965&187=968&193=995&194=1004&195=1008&198=1010&199=1012&203=1015&204=1020&211=1046&212=1057&213=1059&215=1066&216=1069&217=1074&218=1086&224=1116&226=1123&227=1136&228=1155&232=1169&233=1180&234=1184&235=1186&237=1196&238=1223&243=1255&244=1263&245=1279&246=1284'
