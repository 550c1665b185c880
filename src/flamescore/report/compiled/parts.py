"""`templates/parts.html.j2`, compiled by `make docs`."""

# mypy: ignore-errors

MADE_OF = "cc19ab03b620906f"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'parts.html.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_symbols = l_0_flames = l_0_bar = l_0_lead_link = l_0_line = l_0_grid = l_0_finding = missing
    try:
        t_1 = environment.filters['address']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'address' found.")
    try:
        t_2 = environment.filters['count']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'count' found.")
    try:
        t_3 = environment.filters['first']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'first' found.")
    try:
        t_4 = environment.filters['last']
    except KeyError:
        @internalcode
        def t_4(*unused):
            raise TemplateRuntimeError("No filter named 'last' found.")
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
        t_7 = environment.filters['local_day']
    except KeyError:
        @internalcode
        def t_7(*unused):
            raise TemplateRuntimeError("No filter named 'local_day' found.")
    try:
        t_8 = environment.filters['map']
    except KeyError:
        @internalcode
        def t_8(*unused):
            raise TemplateRuntimeError("No filter named 'map' found.")
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
        t_11 = environment.filters['percent']
    except KeyError:
        @internalcode
        def t_11(*unused):
            raise TemplateRuntimeError("No filter named 'percent' found.")
    try:
        t_12 = environment.filters['shown']
    except KeyError:
        @internalcode
        def t_12(*unused):
            raise TemplateRuntimeError("No filter named 'shown' found.")
    try:
        t_13 = environment.tests['none']
    except KeyError:
        @internalcode
        def t_13(*unused):
            raise TemplateRuntimeError("No test named 'none' found.")
    pass
    def macro():
        t_14 = []
        l_1_range = resolve('range')
        pass
        t_14.append(
            '<svg class="vh" width="0" height="0" aria-hidden="true"><defs>\n<path id="i" d="M5.6 0C6 2.3 9.8 4.1 9.8 8.2A4.5 4.5 0 0 1 5.3 13.8 4.5 4.5 0 0 1 .7 9.3C.7 7.2 1.8 6 2.7 4.900c.3 1 .8 1.500 1.400 1.800C4.200 4.600 4.200 2 5.600 0z"/>\n<symbol id="tel" viewBox="0 0 16 16"><path d="M3.700 1.200 5.800 1a.8.8 0 0 1 .8.5l1 2.500a.8.8 0 0 1-.2.9L6 6.100a9 9 0 0 0 3.900 3.900l1.200-1.400a.8.8 0 0 1 .9-.2l2.500 1a.8.8 0 0 1 .5.8l-.2 2.100a1.600 1.600 0 0 1-1.600 1.400C6.800 13.500 2.500 9.200 2.200 2.800a1.500 1.500 0 0 1 1.500-1.600z"/></symbol>\n<symbol id="chev" viewBox="0 0 12 12"><path d="M4 2l4 4-4 4"/></symbol>\n<symbol id="warn" viewBox="0 0 16 18"><path d="M8 1.500a1 1 0 0 1 .9.5l6.400 12a1 1 0 0 1-.9 1.500H1.600a1 1 0 0 1-.9-1.500l6.400-12a1 1 0 0 1 .9-.5zM7.100 6.500v4h1.800v-4zm0 5.500v1.800h1.800V12z"/></symbol>\n',
        )
        for l_2_on in context.call((undefined(name='range') if l_1_range is missing else l_1_range), 6):
            _loop_vars = {}
            pass
            t_14.extend((
                '<symbol id="f',
                escape(l_2_on),
                '" viewBox="0 0 60 14">',
            ))
            for l_3_n in context.call((undefined(name='range') if l_1_range is missing else l_1_range), 5, _loop_vars=_loop_vars):
                _loop_vars = {}
                pass
                t_14.extend((
                    '<use href="#i" x="',
                    escape((l_3_n * 12)),
                    '" class="',
                    escape(('on' if (l_3_n < l_2_on) else 'off')),
                    '"/>',
                ))
            l_3_n = missing
            t_14.append(
                '</symbol>\n',
            )
        l_2_on = missing
        t_14.append(
            '</defs></svg>\n',
        )
        return concat(t_14)
    context.exported_vars.add('symbols')
    context.vars['symbols'] = l_0_symbols = Macro(environment, macro, 'symbols', (), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_n, l_1_small):
        t_15 = []
        if l_1_n is missing:
            l_1_n = undefined("parameter 'n' was not provided", name='n')
        if l_1_small is missing:
            l_1_small = False
        pass
        t_15.extend((
            '<svg class="fl',
            escape((' s' if l_1_small else cond_expr_undefined("the inline if-expression on line 14 in 'parts.html.j2' evaluated to false and no else section was defined."))),
            '" role="img" aria-label="',
            escape(t_2(l_1_n, 'flame')),
            '"><use href="#f',
            escape(l_1_n),
            '"/></svg>',
        ))
        return concat(t_15)
    context.exported_vars.add('flames')
    context.vars['flames'] = l_0_flames = Macro(environment, macro, 'flames', ('n', 'small'), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_amount, l_1_most, l_1_tone):
        t_16 = []
        if l_1_amount is missing:
            l_1_amount = undefined("parameter 'amount' was not provided", name='amount')
        if l_1_most is missing:
            l_1_most = undefined("parameter 'most' was not provided", name='most')
        if l_1_tone is missing:
            l_1_tone = ''
        pass
        t_16.extend((
            '<span class="track"><span class="bar',
            escape(l_1_tone),
            ' p',
            escape(t_11(l_1_amount, l_1_most)),
            '"></span></span>',
        ))
        return concat(t_16)
    context.exported_vars.add('bar')
    context.vars['bar'] = l_0_bar = Macro(environment, macro, 'bar', ('amount', 'most', 'tone'), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_contact_id, l_1_called):
        t_17 = []
        l_1_on_page = resolve('on_page')
        l_1_widest = resolve('widest')
        if l_1_contact_id is missing:
            l_1_contact_id = undefined("parameter 'contact_id' was not provided", name='contact_id')
        if l_1_called is missing:
            l_1_called = undefined("parameter 'called' was not provided", name='called')
        pass
        if (l_1_contact_id in (undefined(name='on_page') if l_1_on_page is missing else l_1_on_page)):
            pass
            t_17.extend((
                '<a href="#flames=',
                escape((undefined(name='widest') if l_1_widest is missing else l_1_widest)),
                '&amp;lead=',
                escape(t_1(l_1_contact_id)),
                '">',
                escape(t_10(l_1_called)),
                '</a>',
            ))
        else:
            pass
            t_17.append(
                escape(t_10(l_1_called)),
            )
        return concat(t_17)
    context.exported_vars.add('lead_link')
    context.vars['lead_link'] = l_0_lead_link = Macro(environment, macro, 'lead_link', ('contact_id', 'called'), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_score, l_1_height):
        t_18 = []
        l_1_trend_line = resolve('trend_line')
        l_1_first = resolve('first')
        l_1_last = resolve('last')
        l_1_drawn = missing
        if l_1_score is missing:
            l_1_score = undefined("parameter 'score' was not provided", name='score')
        if l_1_height is missing:
            l_1_height = undefined("parameter 'height' was not provided", name='height')
        pass
        l_1_drawn = context.call((undefined(name='trend_line') if l_1_trend_line is missing else l_1_trend_line), t_6(context.eval_ctx, t_8(context, environment.getattr(l_1_score, 'trend'), attribute='to_call')), t_6(context.eval_ctx, t_8(context, environment.getattr(l_1_score, 'trend'), attribute='new_rules')), height=l_1_height)
        if (undefined(name='drawn') if l_1_drawn is missing else l_1_drawn):
            pass
            (l_1_first, l_1_last) = (t_3(environment, environment.getattr(l_1_score, 'trend')), t_4(environment, environment.getattr(l_1_score, 'trend')))
            t_18.extend((
                '<svg class="line h',
                escape(l_1_height),
                '" viewBox="0 0 300 ',
                escape(l_1_height),
                '" preserveAspectRatio="none" role="img" aria-label="Hot leads to call over ',
                escape(t_5(environment.getattr(l_1_score, 'trend'))),
                ' runs: from ',
                escape(environment.getattr((undefined(name='first') if l_1_first is missing else l_1_first), 'to_call')),
                ' to ',
                escape(environment.getattr((undefined(name='last') if l_1_last is missing else l_1_last), 'to_call')),
                '"><path d="',
                escape(environment.getattr((undefined(name='drawn') if l_1_drawn is missing else l_1_drawn), 'area')),
                '"/>',
            ))
            for l_2_x in environment.getattr((undefined(name='drawn') if l_1_drawn is missing else l_1_drawn), 'uprights'):
                _loop_vars = {}
                pass
                t_18.extend((
                    '<line x1="',
                    escape(l_2_x),
                    '" x2="',
                    escape(l_2_x),
                    '" y1="0" y2="',
                    escape(l_1_height),
                    '"/>',
                ))
            l_2_x = missing
            t_18.extend((
                '<polyline points="',
                escape(environment.getattr((undefined(name='drawn') if l_1_drawn is missing else l_1_drawn), 'points')),
                '"/></svg>\n<div class="ends"><span>',
                escape(t_7(context, environment.getattr((undefined(name='first') if l_1_first is missing else l_1_first), 'day'))),
                ': <b>',
                escape(t_9(environment.getattr((undefined(name='first') if l_1_first is missing else l_1_first), 'to_call'))),
                '</b></span><span>',
                escape(t_7(context, environment.getattr((undefined(name='last') if l_1_last is missing else l_1_last), 'day'))),
                ': <b>',
                escape(t_9(environment.getattr((undefined(name='last') if l_1_last is missing else l_1_last), 'to_call'))),
                '</b></span></div>\n',
            ))
        else:
            pass
            t_18.append(
                '<p class="sub">The trend appears after three runs.</p>\n',
            )
        return concat(t_18)
    context.exported_vars.add('line')
    context.vars['line'] = l_0_line = Macro(environment, macro, 'line', ('score', 'height'), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_grid):
        t_19 = []
        l_1_page = resolve('page')
        l_1_range = resolve('range')
        l_1_one = l_1_two = missing
        if l_1_grid is missing:
            l_1_grid = undefined("parameter 'grid' was not provided", name='grid')
        pass
        (l_1_one, l_1_two) = (t_12(environment.getattr(environment.getitem(environment.getattr((undefined(name='page') if l_1_page is missing else l_1_page), 'scores'), 0), 'title')), t_12(environment.getattr(environment.getitem(environment.getattr((undefined(name='page') if l_1_page is missing else l_1_page), 'scores'), environment.getattr(l_1_grid, 'other')), 'title')))
        t_19.extend((
            '<div class="axis"><span>↑ <bdi>',
            escape((undefined(name='one') if l_1_one is missing else l_1_one)),
            '</bdi></span><span>call first ↗</span></div>\n<table class="grid"><caption class="vh">Contacts that may be called, by flames of ',
            escape((undefined(name='one') if l_1_one is missing else l_1_one)),
            ' (rows) and ',
            escape((undefined(name='two') if l_1_two is missing else l_1_two)),
            ' (columns)</caption><tbody>\n',
        ))
        for l_2_a in context.call((undefined(name='range') if l_1_range is missing else l_1_range), 5, -1, -1):
            _loop_vars = {}
            pass
            t_19.extend((
                '<tr><th scope="row">',
                escape(l_2_a),
                '</th>',
            ))
            for l_3_b in context.call((undefined(name='range') if l_1_range is missing else l_1_range), 6, _loop_vars=_loop_vars):
                l_3_step = resolve('step')
                l_3_many = missing
                _loop_vars = {}
                pass
                l_3_many = environment.getitem(environment.getitem(environment.getattr(l_1_grid, 'counts'), l_2_a), l_3_b)
                _loop_vars['many'] = l_3_many
                t_19.extend((
                    '<td class="g',
                    escape(context.call((undefined(name='step') if l_3_step is missing else l_3_step), l_2_a, l_3_b, _loop_vars=_loop_vars)),
                    escape((' z' if (not (undefined(name='many') if l_3_many is missing else l_3_many)) else cond_expr_undefined("the inline if-expression on line 41 in 'parts.html.j2' evaluated to false and no else section was defined."))),
                    '">',
                ))
                if (not (undefined(name='many') if l_3_many is missing else l_3_many)):
                    pass
                    t_19.append(
                        '·',
                    )
                elif (((undefined(name='many') if l_3_many is missing else l_3_many) == environment.getitem(environment.getitem(environment.getattr(l_1_grid, 'listed'), l_2_a), l_3_b)) and (environment.getattr(l_1_grid, 'other') == 1)):
                    pass
                    t_19.extend((
                        '<a href="#cell=',
                        escape(l_2_a),
                        '.',
                        escape(l_3_b),
                        '" data-cell="',
                        escape(l_2_a),
                        '.',
                        escape(l_3_b),
                        '" aria-label="',
                        escape(t_9((undefined(name='many') if l_3_many is missing else l_3_many))),
                        ' with ',
                        escape(l_2_a),
                        ' ',
                        escape((undefined(name='one') if l_1_one is missing else l_1_one)),
                        ' and ',
                        escape(l_3_b),
                        ' ',
                        escape((undefined(name='two') if l_1_two is missing else l_1_two)),
                        ' flames">',
                        escape(t_9((undefined(name='many') if l_3_many is missing else l_3_many))),
                        '</a>',
                    ))
                else:
                    pass
                    t_19.append(
                        escape(t_9((undefined(name='many') if l_3_many is missing else l_3_many))),
                    )
                t_19.append(
                    '</td>',
                )
            l_3_b = l_3_many = l_3_step = missing
            t_19.append(
                '</tr>\n',
            )
        l_2_a = missing
        t_19.append(
            '</tbody><tfoot><tr><td></td>',
        )
        for l_2_b in context.call((undefined(name='range') if l_1_range is missing else l_1_range), 6):
            _loop_vars = {}
            pass
            t_19.extend((
                '<th scope="col">',
                escape(l_2_b),
                '</th>',
            ))
        l_2_b = missing
        t_19.extend((
            '</tr></tfoot></table>\n<div class="axis"><span></span><span><bdi>',
            escape((undefined(name='two') if l_1_two is missing else l_1_two)),
            '</bdi> →</span></div>\n',
        ))
        return concat(t_19)
    context.exported_vars.add('grid')
    context.vars['grid'] = l_0_grid = Macro(environment, macro, 'grid', ('grid',), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_found):
        t_20 = []
        if l_1_found is missing:
            l_1_found = undefined("parameter 'found' was not provided", name='found')
        pass
        t_20.extend((
            '<li><span class="lv',
            escape((' w' if environment.getattr(l_1_found, 'is_open') else cond_expr_undefined("the inline if-expression on line 48 in 'parts.html.j2' evaluated to false and no else section was defined."))),
            '">',
            escape((environment.getattr(l_1_found, 'code') or environment.getattr(l_1_found, 'severity'))),
            '</span><div>',
        ))
        if environment.getattr(l_1_found, 'place'):
            pass
            t_20.extend((
                '<code>',
                escape(t_10(environment.getattr(l_1_found, 'place'), 200)),
                '</code> ',
            ))
        t_20.append(
            escape(t_10(environment.getattr(l_1_found, 'message'), 1000)),
        )
        if (not t_13(environment.getattr(l_1_found, 'accepted'))):
            pass
            t_20.extend((
                ' ',
                escape(t_10(environment.getattr(l_1_found, 'accepted'), 440)),
            ))
        for l_2_line in environment.getattr(l_1_found, 'lines'):
            _loop_vars = {}
            pass
            t_20.extend((
                '<div class="sub">',
                escape(t_10(l_2_line, 1000)),
                '</div>\n',
            ))
        l_2_line = missing
        t_20.append(
            '</div></li>\n',
        )
        return concat(t_20)
    context.exported_vars.add('finding')
    context.vars['finding'] = l_0_finding = Macro(environment, macro, 'finding', ('found',), False, False, False, context.eval_ctx.autoescape)

blocks = {}
debug_info = '1=90&7=97&8=102&13=127&14=136&17=147&18=158&21=167&22=176&25=196&26=207&27=208&28=210&29=213&30=243&36=261&37=269&38=272&39=274&40=279&41=296&43=346&44=357&47=364&48=371&49=392'
