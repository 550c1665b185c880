"""`templates/exports.html.j2`, compiled by `make docs`."""

# mypy: ignore-errors

MADE_OF = "90268abd7aff250d"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'exports.html.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_page = resolve('page')
    l_0_namespace = resolve('namespace')
    l_0_there = resolve('there')
    l_0_known = l_0_accepted = missing
    try:
        t_1 = environment.filters['age']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'age' found.")
    try:
        t_2 = environment.filters['count']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'count' found.")
    try:
        t_3 = environment.filters['day']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'day' found.")
    try:
        t_4 = environment.filters['length']
    except KeyError:
        @internalcode
        def t_4(*unused):
            raise TemplateRuntimeError("No filter named 'length' found.")
    try:
        t_5 = environment.filters['list']
    except KeyError:
        @internalcode
        def t_5(*unused):
            raise TemplateRuntimeError("No filter named 'list' found.")
    try:
        t_6 = environment.filters['local']
    except KeyError:
        @internalcode
        def t_6(*unused):
            raise TemplateRuntimeError("No filter named 'local' found.")
    try:
        t_7 = environment.filters['number']
    except KeyError:
        @internalcode
        def t_7(*unused):
            raise TemplateRuntimeError("No filter named 'number' found.")
    try:
        t_8 = environment.filters['own']
    except KeyError:
        @internalcode
        def t_8(*unused):
            raise TemplateRuntimeError("No filter named 'own' found.")
    try:
        t_9 = environment.filters['rejectattr']
    except KeyError:
        @internalcode
        def t_9(*unused):
            raise TemplateRuntimeError("No filter named 'rejectattr' found.")
    try:
        t_10 = environment.filters['replace']
    except KeyError:
        @internalcode
        def t_10(*unused):
            raise TemplateRuntimeError("No filter named 'replace' found.")
    try:
        t_11 = environment.filters['selectattr']
    except KeyError:
        @internalcode
        def t_11(*unused):
            raise TemplateRuntimeError("No filter named 'selectattr' found.")
    pass
    l_0_known = environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'findings')
    context.vars['known'] = l_0_known
    context.exported_vars.add('known')
    yield '<section class="view wrap" id="exports"><h1>Exports</h1><div class="cards"><div class="card w12">\n'
    l_0_accepted = t_4(t_5(context.eval_ctx, t_9(context, environment.getattr((undefined(name='known') if l_0_known is missing else l_0_known), 'others'), 'accepted', 'none')))
    context.vars['accepted'] = l_0_accepted
    context.exported_vars.add('accepted')
    yield '<h2>'
    yield escape(t_2(t_4(environment.getattr((undefined(name='known') if l_0_known is missing else l_0_known), 'warnings')), 'warning'))
    yield ', '
    yield escape(t_2((t_4(environment.getattr((undefined(name='known') if l_0_known is missing else l_0_known), 'others')) - (undefined(name='accepted') if l_0_accepted is missing else l_0_accepted)), 'note'))
    if (undefined(name='accepted') if l_0_accepted is missing else l_0_accepted):
        pass
        yield ', '
        yield escape(t_7((undefined(name='accepted') if l_0_accepted is missing else l_0_accepted)))
        yield ' accepted'
    yield '</h2>\n'
    if environment.getattr((undefined(name='known') if l_0_known is missing else l_0_known), 'warnings'):
        pass
        yield '<ul class="notes">\n'
        for l_1_found in environment.getattr((undefined(name='known') if l_0_known is missing else l_0_known), 'warnings'):
            l_1_part = resolve('part')
            _loop_vars = {}
            pass
            yield escape(context.call(environment.getattr((undefined(name='part') if l_1_part is missing else l_1_part), 'finding'), l_1_found, _loop_vars=_loop_vars))
        l_1_found = l_1_part = missing
        yield '</ul>\n'
    elif (not environment.getattr((undefined(name='known') if l_0_known is missing else l_0_known), 'others')):
        pass
        yield '<p>Nothing to report.</p>\n'
    if environment.getattr((undefined(name='known') if l_0_known is missing else l_0_known), 'others'):
        pass
        yield '<details class="fold"><summary>Notes and accepted warnings ('
        yield escape(t_4(environment.getattr((undefined(name='known') if l_0_known is missing else l_0_known), 'others')))
        yield ')</summary><ul class="notes">\n'
        for l_1_found in environment.getattr((undefined(name='known') if l_0_known is missing else l_0_known), 'others'):
            l_1_part = resolve('part')
            _loop_vars = {}
            pass
            yield escape(context.call(environment.getattr((undefined(name='part') if l_1_part is missing else l_1_part), 'finding'), l_1_found, _loop_vars=_loop_vars))
        l_1_found = l_1_part = missing
        yield '</ul></details>\n'
    yield '</div>\n'
    if environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'sources'):
        pass
        l_0_there = context.call((undefined(name='namespace') if l_0_namespace is missing else l_0_namespace), rejected=t_5(context.eval_ctx, t_11(context, environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'sources'), 'rejected')), orphans=t_5(context.eval_ctx, t_11(context, environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'sources'), 'orphans')), old=t_5(context.eval_ctx, t_11(context, environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'sources'), 'old')), newest=t_5(context.eval_ctx, t_11(context, environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'sources'), 'newest')))
        context.vars['there'] = l_0_there
        context.exported_vars.add('there')
        yield '<div class="card w12"><h2>Files</h2><div class="scroll" tabindex="0" role="region" aria-label="Files"><table class="tb"><caption class="vh">What was read of each export</caption><thead><tr><th scope="col">Export</th><th class="num" scope="col">Rows</th><th class="num opt" scope="col">Used</th>'
        if environment.getattr((undefined(name='there') if l_0_there is missing else l_0_there), 'rejected'):
            pass
            yield '<th class="num" scope="col">Rejected</th>'
        if environment.getattr((undefined(name='there') if l_0_there is missing else l_0_there), 'orphans'):
            pass
            yield '<th class="num opt" scope="col">Unknown contact</th>'
        if environment.getattr((undefined(name='there') if l_0_there is missing else l_0_there), 'old'):
            pass
            yield '<th class="num opt" scope="col">Too old</th>'
        if environment.getattr((undefined(name='there') if l_0_there is missing else l_0_there), 'newest'):
            pass
            yield '<th class="num" scope="col">Newest event</th>'
        yield '</tr></thead><tbody>\n'
        for l_1_source in environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'sources'):
            l_1_at = resolve('at')
            _loop_vars = {}
            pass
            yield '<tr><th scope="row">'
            yield escape(t_8(environment.getattr(l_1_source, 'path'), 120))
            yield '<div class="sub">'
            yield escape(t_10(context.eval_ctx, environment.getattr(l_1_source, 'kind'), '_', ' '))
            yield '</div></th><td class="num">'
            yield escape(t_7(environment.getattr(l_1_source, 'rows')))
            yield '</td><td class="num opt">'
            yield escape(t_7(environment.getattr(l_1_source, 'kept')))
            yield '</td>'
            if environment.getattr((undefined(name='there') if l_0_there is missing else l_0_there), 'rejected'):
                pass
                yield '<td class="num">'
                yield escape((t_7(environment.getattr(l_1_source, 'rejected')) if environment.getattr(l_1_source, 'rejected') else cond_expr_undefined("the inline if-expression on line 21 in 'exports.html.j2' evaluated to false and no else section was defined.")))
                yield '</td>'
            if environment.getattr((undefined(name='there') if l_0_there is missing else l_0_there), 'orphans'):
                pass
                yield '<td class="num opt">'
                yield escape((t_7(environment.getattr(l_1_source, 'orphans')) if environment.getattr(l_1_source, 'orphans') else cond_expr_undefined("the inline if-expression on line 21 in 'exports.html.j2' evaluated to false and no else section was defined.")))
                yield '</td>'
            if environment.getattr((undefined(name='there') if l_0_there is missing else l_0_there), 'old'):
                pass
                yield '<td class="num opt">'
                yield escape((t_7(environment.getattr(l_1_source, 'old')) if environment.getattr(l_1_source, 'old') else cond_expr_undefined("the inline if-expression on line 21 in 'exports.html.j2' evaluated to false and no else section was defined.")))
                yield '</td>'
            if environment.getattr((undefined(name='there') if l_0_there is missing else l_0_there), 'newest'):
                pass
                yield '<td class="num">'
                if environment.getattr(l_1_source, 'newest'):
                    pass
                    l_1_at = t_6(context, environment.getattr(l_1_source, 'newest'))
                    _loop_vars['at'] = l_1_at
                    yield escape(t_3(context, context.call(environment.getattr((undefined(name='at') if l_1_at is missing else l_1_at), 'date'), _loop_vars=_loop_vars)))
                    yield ', '
                    yield escape(t_1(context, context.call(environment.getattr((undefined(name='at') if l_1_at is missing else l_1_at), 'date'), _loop_vars=_loop_vars)))
                yield '</td>'
            yield '</tr>\n'
        l_1_source = l_1_at = missing
        yield '</tbody></table></div></div>\n'
    yield '</div></section>'

blocks = {}
debug_info = '1=81&3=85&4=89&5=98&7=101&9=108&12=111&13=114&14=116&18=124&19=126&20=130&21=143'
