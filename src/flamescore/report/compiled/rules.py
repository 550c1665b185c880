"""`templates/rules.html.j2`, compiled by `make docs`."""

# mypy: ignore-errors

MADE_OF = "356c0072b851fac8"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'rules.html.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_page = resolve('page')
    try:
        t_1 = environment.filters['count']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'count' found.")
    try:
        t_2 = environment.filters['entry']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'entry' found.")
    try:
        t_3 = environment.filters['given']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'given' found.")
    try:
        t_4 = environment.filters['length']
    except KeyError:
        @internalcode
        def t_4(*unused):
            raise TemplateRuntimeError("No filter named 'length' found.")
    try:
        t_5 = environment.filters['lost']
    except KeyError:
        @internalcode
        def t_5(*unused):
            raise TemplateRuntimeError("No filter named 'lost' found.")
    try:
        t_6 = environment.filters['map']
    except KeyError:
        @internalcode
        def t_6(*unused):
            raise TemplateRuntimeError("No filter named 'map' found.")
    try:
        t_7 = environment.filters['max']
    except KeyError:
        @internalcode
        def t_7(*unused):
            raise TemplateRuntimeError("No filter named 'max' found.")
    try:
        t_8 = environment.filters['nearest_points']
    except KeyError:
        @internalcode
        def t_8(*unused):
            raise TemplateRuntimeError("No filter named 'nearest_points' found.")
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
        t_11 = environment.filters['safe']
    except KeyError:
        @internalcode
        def t_11(*unused):
            raise TemplateRuntimeError("No filter named 'safe' found.")
    try:
        t_12 = environment.filters['shown']
    except KeyError:
        @internalcode
        def t_12(*unused):
            raise TemplateRuntimeError("No filter named 'shown' found.")
    try:
        t_13 = environment.filters['sort']
    except KeyError:
        @internalcode
        def t_13(*unused):
            raise TemplateRuntimeError("No filter named 'sort' found.")
    pass
    yield '<section class="view wrap" id="rules"><h1>Rules</h1><div class="cards">\n'
    for l_1_score in environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'scores'):
        l_1_most = missing
        _loop_vars = {}
        pass
        l_1_most = (t_7(environment, t_6(context, t_6(context, environment.getattr(l_1_score, 'rules'), attribute='points'), 'abs')) if environment.getattr(l_1_score, 'rules') else 0)
        _loop_vars['most'] = l_1_most
        yield '<div class="card w12"><h2>'
        yield escape(t_10(environment.getattr(l_1_score, 'title')))
        yield '</h2><p>All points that each rule gave or took, over '
        yield escape(t_1(environment.getattr(l_1_score, 'contacts'), 'contact'))
        yield '.</p>\n<div class="scroll" tabindex="0" role="region" aria-label="Rules of '
        yield escape(t_12(environment.getattr(l_1_score, 'title')))
        yield '"><table class="tb"><caption class="vh">Rules by points</caption><thead><tr><th scope="col">Rule</th><th class="num" scope="col">Contacts</th><th class="num opt" scope="col">Times</th><th class="num" scope="col">Points</th><td class="wb"></td></tr></thead><tbody>\n'
        for l_2_rule in t_13(environment, environment.getattr(l_1_score, 'rules'), attribute='points', reverse=True):
            l_2_part = resolve('part')
            _loop_vars = {}
            pass
            yield '<tr'
            yield escape((Markup(' class="warn"') if ((not environment.getattr(l_2_rule, 'contacts')) and (environment.getattr(l_2_rule, 'entry') == 'rule')) else cond_expr_undefined("the inline if-expression on line 7 in 'rules.html.j2' evaluated to false and no else section was defined.")))
            yield '><th scope="row">'
            yield escape(t_10(environment.getattr(l_2_rule, 'called')))
            if (environment.getattr(l_2_rule, 'entry') != 'rule'):
                pass
                yield ' <span class="mute">('
                yield escape(t_2(environment.getattr(l_2_rule, 'entry')))
                yield ')</span>'
            yield '</th>'
            if ((not environment.getattr(l_2_rule, 'contacts')) and (environment.getattr(l_2_rule, 'entry') == 'rule')):
                pass
                yield '<td colspan="4">matches nobody</td>'
            else:
                pass
                yield '<td class="num">'
                yield escape(t_9(environment.getattr(l_2_rule, 'contacts')))
                yield '</td><td class="num opt">'
                yield escape((t_9(environment.getattr(l_2_rule, 'occurrences')) if environment.getattr(l_2_rule, 'occurrences') else cond_expr_undefined("the inline if-expression on line 7 in 'rules.html.j2' evaluated to false and no else section was defined.")))
                yield '</td><td class="num"><b>'
                yield escape(t_3(context, t_8(environment.getattr(l_2_rule, 'points'))))
                yield '</b></td><td class="wb">'
                yield escape(context.call(environment.getattr((undefined(name='part') if l_2_part is missing else l_2_part), 'bar'), environment.getattr(l_2_rule, 'points'), (undefined(name='most') if l_1_most is missing else l_1_most), (' c' if (environment.getattr(l_2_rule, 'points') < 0) else ''), _loop_vars=_loop_vars))
                yield '</td>'
            yield '</tr>\n'
        l_2_rule = l_2_part = missing
        yield '</tbody></table></div></div>\n'
    l_1_score = l_1_most = missing
    if environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'bots'):
        pass
        yield '<div class="card w12" id="bots"><h2>Looks like a mail scanner</h2>\n'
        for l_1_sentence in environment.getattr(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'bots'), 'sentences'):
            _loop_vars = {}
            pass
            yield '<p>'
            yield escape(t_10(l_1_sentence, 300))
            yield '</p>\n'
        l_1_sentence = missing
        if environment.getattr(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'bots'), 'lines'):
            pass
            yield '<div class="scroll" tabindex="0" role="region" aria-label="Looks like a mail scanner"><table class="tb"><caption class="vh">Contacts with such events, who loses most first</caption><thead><tr><th scope="col">Contact</th><th scope="col">Score</th><th class="num" scope="col">Events</th><th class="num" scope="col">Points lost</th></tr></thead><tbody>\n'
            for l_1_line in environment.getattr(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'bots'), 'lines'):
                _loop_vars = {}
                pass
                yield '<tr><th scope="row"><b>'
                yield escape(t_10(environment.getattr(l_1_line, 'called')))
                yield '</b>'
                if environment.getattr(l_1_line, 'company'):
                    pass
                    yield '<div class="sub">'
                    yield escape(t_10(environment.getattr(l_1_line, 'company')))
                    yield '</div>'
                yield '</th><td>'
                yield escape(t_10(environment.getattr(l_1_line, 'score')))
                yield '</td><td class="num">'
                yield escape(t_9(environment.getattr(l_1_line, 'events')))
                yield '</td><td class="num">'
                yield escape(t_5(context, environment.getattr(l_1_line, 'points_lost')))
                yield '</td></tr>\n'
            l_1_line = missing
            yield '</tbody></table></div>\n'
        if (t_4(environment.getattr(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'bots'), 'lines')) < environment.getattr(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'bots'), 'rows')):
            pass
            yield '<p class="sub">The first '
            yield escape(t_4(environment.getattr(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'bots'), 'lines')))
            yield ' of '
            yield escape(t_9(environment.getattr(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'bots'), 'rows')))
            yield '; bots.parquet has them all.</p>'
        yield '</div>\n'
    yield '</div></section>'

blocks = {}
debug_info = '2=91&3=95&4=98&5=102&6=104&7=109&11=136&13=139&15=146&17=149&21=169'
