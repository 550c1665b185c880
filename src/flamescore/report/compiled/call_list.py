"""`templates/call_list.html.j2`, compiled by `make docs`."""

# mypy: ignore-errors

MADE_OF = "cfdcbec330f0f280"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'call_list.html.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_page = resolve('page')
    l_0_with_ = resolve('with_')
    l_0_notices = resolve('notices')
    l_0_head = resolve('head')
    l_0_rest = resolve('rest')
    l_0_flame_levels = resolve('flame_levels')
    l_0_other = resolve('other')
    l_0_part = resolve('part')
    l_0_most = resolve('most')
    l_0_range = resolve('range')
    l_0_default = l_0_several = l_0_spans = missing
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
        t_3 = environment.filters['changed']
    except KeyError:
        @internalcode
        def t_3(*unused):
            raise TemplateRuntimeError("No filter named 'changed' found.")
    try:
        t_4 = environment.filters['day']
    except KeyError:
        @internalcode
        def t_4(*unused):
            raise TemplateRuntimeError("No filter named 'day' found.")
    try:
        t_5 = environment.filters['first_words']
    except KeyError:
        @internalcode
        def t_5(*unused):
            raise TemplateRuntimeError("No filter named 'first_words' found.")
    try:
        t_6 = environment.filters['format']
    except KeyError:
        @internalcode
        def t_6(*unused):
            raise TemplateRuntimeError("No filter named 'format' found.")
    try:
        t_7 = environment.filters['length']
    except KeyError:
        @internalcode
        def t_7(*unused):
            raise TemplateRuntimeError("No filter named 'length' found.")
    try:
        t_8 = environment.filters['mailto']
    except KeyError:
        @internalcode
        def t_8(*unused):
            raise TemplateRuntimeError("No filter named 'mailto' found.")
    try:
        t_9 = environment.filters['map']
    except KeyError:
        @internalcode
        def t_9(*unused):
            raise TemplateRuntimeError("No filter named 'map' found.")
    try:
        t_10 = environment.filters['max']
    except KeyError:
        @internalcode
        def t_10(*unused):
            raise TemplateRuntimeError("No filter named 'max' found.")
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
        t_13 = environment.filters['owner_key']
    except KeyError:
        @internalcode
        def t_13(*unused):
            raise TemplateRuntimeError("No filter named 'owner_key' found.")
    try:
        t_14 = environment.filters['points']
    except KeyError:
        @internalcode
        def t_14(*unused):
            raise TemplateRuntimeError("No filter named 'points' found.")
    try:
        t_15 = environment.filters['reason']
    except KeyError:
        @internalcode
        def t_15(*unused):
            raise TemplateRuntimeError("No filter named 'reason' found.")
    try:
        t_16 = environment.filters['safe']
    except KeyError:
        @internalcode
        def t_16(*unused):
            raise TemplateRuntimeError("No filter named 'safe' found.")
    try:
        t_17 = environment.filters['shown']
    except KeyError:
        @internalcode
        def t_17(*unused):
            raise TemplateRuntimeError("No filter named 'shown' found.")
    try:
        t_18 = environment.filters['spark']
    except KeyError:
        @internalcode
        def t_18(*unused):
            raise TemplateRuntimeError("No filter named 'spark' found.")
    try:
        t_19 = environment.filters['tel']
    except KeyError:
        @internalcode
        def t_19(*unused):
            raise TemplateRuntimeError("No filter named 'tel' found.")
    try:
        t_20 = environment.filters['weekday']
    except KeyError:
        @internalcode
        def t_20(*unused):
            raise TemplateRuntimeError("No filter named 'weekday' found.")
    try:
        t_21 = environment.tests['none']
    except KeyError:
        @internalcode
        def t_21(*unused):
            raise TemplateRuntimeError("No test named 'none' found.")
    pass
    l_0_default = environment.getitem(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'scores'), 0)
    context.vars['default'] = l_0_default
    context.exported_vars.add('default')
    l_0_several = environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'several')
    context.vars['several'] = l_0_several
    context.exported_vars.add('several')
    l_0_spans = (((8 + t_7(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'labels'))) - (0 if (environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'change') or environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'spark')) else 1)) - (0 if (environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'phone') or environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'email')) else 1))
    context.vars['spans'] = l_0_spans
    context.exported_vars.add('spans')
    yield '<section class="view wrap" id="leads" aria-labelledby="headline">\n<div class="sum">\n<h1 id="headline">'
    l_1_loop = missing
    for l_1_score, l_1_loop in LoopContext(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'scores'), undefined):
        _loop_vars = {}
        pass
        if (not t_21(environment.getattr(l_1_score, 'to_call'))):
            pass
            yield '<span data-k="'
            yield escape(environment.getattr(l_1_loop, 'index0'))
            yield '"'
            yield escape((' hidden' if (not environment.getattr(l_1_loop, 'first')) else cond_expr_undefined("the inline if-expression on line 6 in 'call_list.html.j2' evaluated to false and no else section was defined.")))
            yield '>'
            if environment.getattr(l_1_score, 'to_call'):
                pass
                yield '<b>'
                yield escape(t_11(environment.getattr(l_1_score, 'to_call')))
                yield '</b> hot '
                yield escape(('lead' if (environment.getattr(l_1_score, 'to_call') == 1) else 'leads'))
                yield ' to call'
            else:
                pass
                yield 'No hot lead to call'
            if (undefined(name='several') if l_0_several is missing else l_0_several):
                pass
                yield '<small>, by '
                yield escape(t_12(environment.getattr(l_1_score, 'title')))
                yield '</small>'
            yield '</span>'
    l_1_loop = l_1_score = missing
    yield '</h1>\n'
    def t_22(fiter):
        for l_1_score in fiter:
            if (not t_21(environment.getattr(l_1_score, 'to_call'))):
                yield l_1_score
    l_1_loop = missing
    for l_1_score, l_1_loop in LoopContext(t_22(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'scores')), undefined):
        l_1_held_out = missing
        _loop_vars = {}
        pass
        yield '<ul class="facts" data-k="'
        yield escape(environment.getattr(l_1_loop, 'index0'))
        yield '"'
        yield escape((' hidden' if (not environment.getattr(l_1_loop, 'first')) else cond_expr_undefined("the inline if-expression on line 8 in 'call_list.html.j2' evaluated to false and no else section was defined.")))
        yield '>\n'
        if environment.getattr(l_1_score, 'moves'):
            pass
            yield '<li>'
            if environment.getattr(environment.getattr(l_1_score, 'moves'), 'newly_hot'):
                pass
                yield '<a href="#new=1'
                yield escape((t_16(t_6('&amp;sort=score%d', environment.getattr(l_1_loop, 'index'))) if (not environment.getattr(l_1_loop, 'first')) else cond_expr_undefined("the inline if-expression on line 10 in 'call_list.html.j2' evaluated to false and no else section was defined.")))
                yield '"><b>'
                yield escape(t_11(environment.getattr(environment.getattr(l_1_score, 'moves'), 'newly_hot')))
                yield '</b> newly hot</a>'
            else:
                pass
                yield '<b>0</b> newly hot'
            yield '</li>\n<li>'
            if environment.getattr(environment.getattr(l_1_score, 'moves'), 'cooled_off'):
                pass
                yield '<a href="#overview"><b>'
                yield escape(t_11(environment.getattr(environment.getattr(l_1_score, 'moves'), 'cooled_off')))
                yield '</b> cooled off</a>'
            else:
                pass
                yield '<b>0</b> cooled off'
            yield '</li>\n'
        if environment.getattr(l_1_score, 'excluded'):
            pass
            yield '<li title="call_list.exclude leaves them out"><b>'
            yield escape(t_11(environment.getattr(l_1_score, 'excluded')))
            yield '</b> more hot, not to be called</li>'
        l_1_held_out = context.call(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'held_out'), l_1_score, _loop_vars=_loop_vars)
        _loop_vars['held_out'] = l_1_held_out
        if (undefined(name='held_out') if l_1_held_out is missing else l_1_held_out):
            pass
            yield '<li>'
            yield escape((undefined(name='held_out') if l_1_held_out is missing else l_1_held_out))
            yield '</li>'
        yield '<li class="opt"><b>'
        yield escape(t_11(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'contacts')))
        yield '</b> '
        yield escape(('contact' if (environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'contacts') == 1) else 'contacts'))
        yield '</li>\n</ul>\n'
    l_1_loop = l_1_score = l_1_held_out = missing
    yield '</div>\n<div class="banner" id="stale" hidden><svg aria-hidden="true"><use href="#warn"/></svg><span><b></b> It shows the leads as of '
    yield escape(t_20(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'as_of')))
    yield ' '
    yield escape(t_4(context, context.call(environment.getattr(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'as_of'), 'date'))))
    yield '.</span></div>\n'
    if (undefined(name='notices') if l_0_notices is missing else l_0_notices):
        pass
        (l_0_head, l_0_rest) = t_5(environment.getattr(environment.getitem((undefined(name='notices') if l_0_notices is missing else l_0_notices), 0), 'message'))
        context.vars.update({'head': l_0_head, 'rest': l_0_rest})
        context.exported_vars.update(('head', 'rest'))
        yield '<div class="banner warnings"><svg aria-hidden="true"><use href="#warn"/></svg><details><summary><b>'
        yield escape(t_12((undefined(name='head') if l_0_head is missing else l_0_head), 120))
        yield '</b><span class="vh">.</span> <u>Details'
        if (t_7((undefined(name='notices') if l_0_notices is missing else l_0_notices)) > 1):
            pass
            yield ', and '
            yield escape((t_7((undefined(name='notices') if l_0_notices is missing else l_0_notices)) - 1))
            yield ' more'
        yield '</u></summary><ul class="notes">\n'
        for l_1_found in (undefined(name='notices') if l_0_notices is missing else l_0_notices):
            _loop_vars = {}
            pass
            yield escape(context.call(environment.getattr((undefined(name='part') if l_0_part is missing else l_0_part), 'finding'), l_1_found, _loop_vars=_loop_vars))
        l_1_found = missing
        yield '</ul></details></div>\n'
    yield '<p class="nojs sub">Filters, sorting and breakdowns need JavaScript. The whole report is here without them.</p>\n<p class="printnote"></p>\n'
    if environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'leads'):
        pass
        yield '<div class="tools" role="search">\n<div class="find"><input type="search" name="q" aria-label="Find a lead by name, company, phone or e-mail" placeholder="Find a lead" autocomplete="off" spellcheck="false"><kbd>/</kbd></div>\n'
        if environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'owner'):
            pass
            yield '<select name="owner" aria-label="Owner"><option value="">All owners</option>'
            for l_1_each in environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'owners'):
                _loop_vars = {}
                pass
                yield '<option value="'
                yield escape(t_13(environment.getattr(l_1_each, 'owner')))
                yield '">'
                yield escape(t_17(environment.getattr(l_1_each, 'owner'), 40))
                yield '</option>'
            l_1_each = missing
            yield '</select>\n'
        yield '<fieldset class="seg"><legend class="vh">Flames</legend>'
        for (l_1_value, l_1_words, l_1_many) in (undefined(name='flame_levels') if l_0_flame_levels is missing else l_0_flame_levels):
            _loop_vars = {}
            pass
            yield '<label><input type="radio" name="flames" value="'
            yield escape(l_1_value)
            yield '"'
            yield escape((' checked' if (not l_1_value) else cond_expr_undefined("the inline if-expression on line 35 in 'call_list.html.j2' evaluated to false and no else section was defined.")))
            yield '>'
            yield escape(l_1_words)
            yield ' <small>'
            yield escape(t_11(l_1_many))
            yield '</small></label>'
        l_1_value = l_1_words = l_1_many = missing
        yield '</fieldset>\n'
        for l_1_label in environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'labels'):
            _loop_vars = {}
            pass
            yield '<select name="label.'
            yield escape(environment.getattr(l_1_label, 'name'))
            yield '" aria-label="'
            yield escape(t_17(environment.getattr(l_1_label, 'title')))
            yield '"><option value="">'
            yield escape(t_17(environment.getattr(l_1_label, 'title'), 24))
            yield ': all</option>'
            def t_23(fiter):
                for l_2_value in fiter:
                    if ((not t_21(environment.getattr(l_2_value, 'label'))) and environment.getattr(l_2_value, 'contacts')):
                        yield l_2_value
            for l_2_value in t_23(environment.getitem(l_1_label, 'values')):
                _loop_vars = {}
                pass
                yield '<option value="'
                yield escape(t_17(environment.getattr(l_2_value, 'label')))
                yield '">'
                yield escape(t_17(environment.getattr(l_2_value, 'label'), 40))
                yield '</option>'
            l_2_value = missing
            yield '</select>\n'
        l_1_label = missing
        yield '<button type="button" class="tog new" aria-pressed="false" hidden>Newly hot <small></small></button>\n<button type="button" class="tog facet-btn" aria-expanded="false" aria-controls="side">Filters</button>\n<select name="sort" class="sortby'
        yield escape((' all' if (t_7(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'scores')) > 2) else cond_expr_undefined("the inline if-expression on line 41 in 'call_list.html.j2' evaluated to false and no else section was defined.")))
        yield '" aria-label="Sort by">'
        l_1_loop = missing
        for l_1_score, l_1_loop in LoopContext(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'scores'), undefined):
            _loop_vars = {}
            pass
            yield '<option value="score'
            yield escape((environment.getattr(l_1_loop, 'index') if (not environment.getattr(l_1_loop, 'first')) else cond_expr_undefined("the inline if-expression on line 41 in 'call_list.html.j2' evaluated to false and no else section was defined.")))
            yield '">'
            yield escape((t_17(environment.getattr(l_1_score, 'title'), 40) if (undefined(name='several') if l_0_several is missing else l_0_several) else 'Score'))
            yield '</option>'
        l_1_loop = l_1_score = missing
        yield '<option value="last">Last activity</option>'
        if environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'change'):
            pass
            yield '<option value="change">Change</option>'
        yield '<option value="name">Name</option>'
        if environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'owner'):
            pass
            yield '<option value="owner">By owner</option>'
        yield '</select>\n<button type="button" class="clear" hidden>Clear</button>\n<span class="found" role="status"></span>\n</div>\n'
    yield '<div class="split" id="list" tabindex="-1">\n<div>\n'
    if environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'leads'):
        pass
        yield '<table class="leads'
        yield escape((' two' if (undefined(name='several') if l_0_several is missing else l_0_several) else cond_expr_undefined("the inline if-expression on line 49 in 'call_list.html.j2' evaluated to false and no else section was defined.")))
        yield escape((' labels2' if (t_7(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'labels')) > 1) else cond_expr_undefined("the inline if-expression on line 49 in 'call_list.html.j2' evaluated to false and no else section was defined.")))
        yield '" data-columns="'
        yield escape((undefined(name='spans') if l_0_spans is missing else l_0_spans))
        yield '">\n<caption class="vh">The call list, best first. Enter on a name opens the breakdown of the score.</caption>\n<thead><tr>\n<th class="c-n" scope="col"><span class="vh">Place</span></th>\n<th class="c-s" scope="col" title="Points, and the share of all contacts with fewer">'
        l_1_loop = missing
        for l_1_score, l_1_loop in LoopContext(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'scores')[:2], undefined):
            _loop_vars = {}
            pass
            yield '<button type="button" data-sort="score'
            yield escape((environment.getattr(l_1_loop, 'index') if (not environment.getattr(l_1_loop, 'first')) else cond_expr_undefined("the inline if-expression on line 53 in 'call_list.html.j2' evaluated to false and no else section was defined.")))
            yield '"><span>'
            yield escape((t_12(environment.getattr(l_1_score, 'title'), 18) if (undefined(name='several') if l_0_several is missing else l_0_several) else 'Score'))
            yield '</span></button>'
        l_1_loop = l_1_score = missing
        yield '</th>\n'
        l_1_loop = missing
        for l_1_label, l_1_loop in LoopContext(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'labels'), undefined):
            _loop_vars = {}
            pass
            yield '<th class="c-b'
            yield escape((' wide' if (environment.getattr(l_1_loop, 'revindex') > 2) else cond_expr_undefined("the inline if-expression on line 54 in 'call_list.html.j2' evaluated to false and no else section was defined.")))
            yield escape((' mid' if (environment.getattr(l_1_loop, 'revindex') > 1) else cond_expr_undefined("the inline if-expression on line 54 in 'call_list.html.j2' evaluated to false and no else section was defined.")))
            yield '" scope="col" title="'
            yield escape(t_17(environment.getattr(l_1_label, 'title')))
            yield '">'
            yield escape(t_12(environment.getattr(l_1_label, 'title'), 18))
            yield '</th>'
        l_1_loop = l_1_label = missing
        yield '<th class="c-w" scope="col"><button type="button" data-sort="name">Lead</button></th>\n<th class="c-y" scope="col">Why</th>\n<th class="c-l" scope="col"><button type="button" data-sort="last">Last activity</button></th>\n'
        if (environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'change') or environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'spark')):
            pass
            yield '<th class="c-t" scope="col">'
            if environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'change'):
                pass
                yield '<button type="button" data-sort="change">Since '
                yield escape(t_4(context, context.call(environment.getattr(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'since'), 'date'))))
                yield '</button>'
            else:
                pass
                yield escape(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'runs'))
                yield ' runs'
            yield '</th>'
        if (environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'phone') or environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'email')):
            pass
            yield '<th class="c-p" scope="col">Reach</th>'
        yield '<th class="c-x" scope="col"><span class="vh">Breakdown</span></th>\n</tr></thead>\n<tbody>\n'
        l_1_loop = missing
        for l_1_lead, l_1_loop in LoopContext(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'leads'), undefined):
            l_1_why = resolve('why')
            l_1_drawn = resolve('drawn')
            l_1_by = resolve('by')
            l_1_name_of = resolve('name_of')
            l_1_href = resolve('href')
            l_1_first = missing
            _loop_vars = {}
            pass
            l_1_first = environment.getitem(environment.getattr(l_1_lead, 'standings'), 0)
            _loop_vars['first'] = l_1_first
            yield '<tr class="row"><td class="c-n">'
            yield escape((t_11(environment.getattr((undefined(name='first') if l_1_first is missing else l_1_first), 'place')) if ((undefined(name='first') if l_1_first is missing else l_1_first) and environment.getattr((undefined(name='first') if l_1_first is missing else l_1_first), 'place')) else cond_expr_undefined("the inline if-expression on line 65 in 'call_list.html.j2' evaluated to false and no else section was defined.")))
            yield '</td>\n<td class="c-s">'
            if (undefined(name='several') if l_0_several is missing else l_0_several):
                pass
                for l_2_standing in environment.getattr(l_1_lead, 'standings')[:2]:
                    _loop_vars = {}
                    pass
                    yield '<div class="st">'
                    if l_2_standing:
                        pass
                        yield escape(context.call(environment.getattr((undefined(name='part') if l_0_part is missing else l_0_part), 'flames'), environment.getattr(l_2_standing, 'flames'), small=True, _loop_vars=_loop_vars))
                        yield '<b>'
                        yield escape(t_14(context, environment.getattr(l_2_standing, 'points')))
                        yield '</b>'
                    else:
                        pass
                        yield '<span class="mute">not scored</span>'
                    yield '</div>'
                l_2_standing = missing
            else:
                pass
                yield escape(context.call(environment.getattr((undefined(name='part') if l_0_part is missing else l_0_part), 'flames'), environment.getattr((undefined(name='first') if l_1_first is missing else l_1_first), 'flames'), _loop_vars=_loop_vars))
                yield '<span class="pts"><b>'
                yield escape(t_14(context, environment.getattr((undefined(name='first') if l_1_first is missing else l_1_first), 'points')))
                yield '</b> <span>('
                yield escape(environment.getattr((undefined(name='first') if l_1_first is missing else l_1_first), 'percent'))
                yield '%)</span></span>'
            yield '</td>\n'
            l_2_loop = missing
            for l_2_text, l_2_loop in LoopContext(environment.getattr(l_1_lead, 'labels'), undefined):
                _loop_vars = {}
                pass
                yield '<td class="c-b'
                yield escape((' wide' if (environment.getattr(l_2_loop, 'revindex') > 2) else cond_expr_undefined("the inline if-expression on line 67 in 'call_list.html.j2' evaluated to false and no else section was defined.")))
                yield escape((' mid' if (environment.getattr(l_2_loop, 'revindex') > 1) else cond_expr_undefined("the inline if-expression on line 67 in 'call_list.html.j2' evaluated to false and no else section was defined.")))
                yield '">'
                if (not t_21(l_2_text)):
                    pass
                    yield escape(t_12(l_2_text, 40))
                yield '</td>'
            l_2_loop = l_2_text = missing
            yield '<th class="c-w" scope="row"><div class="who"><button class="name" type="button" aria-expanded="false">'
            yield escape(t_12(environment.getattr(l_1_lead, 'called')))
            yield '</button>'
            if (((undefined(name='first') if l_1_first is missing else l_1_first) and environment.getattr((undefined(name='first') if l_1_first is missing else l_1_first), 'change')) and environment.getattr(environment.getattr((undefined(name='first') if l_1_first is missing else l_1_first), 'change'), 'newly_hot')):
                pass
                yield '<span class="pill">Newly hot</span>'
            if environment.getattr(l_1_lead, 'company'):
                pass
                yield '<span class="co">'
                yield escape(t_12(environment.getattr(l_1_lead, 'company')))
                yield '</span>'
            yield '</div><div class="sub cut">'
            if environment.getattr(l_1_lead, 'company'):
                pass
                yield escape(t_12(environment.getattr(l_1_lead, 'company')))
            if (environment.getattr(l_1_lead, 'company') and environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'owner')):
                pass
                yield ' · '
            if environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'owner'):
                pass
                yield escape(t_12(environment.getattr(l_1_lead, 'owned_by')))
                if environment.getattr(l_1_lead, 'is_routed'):
                    pass
                    yield ' (routed)'
            yield '</div></th>\n<td class="c-y">'
            if ((undefined(name='first') if l_1_first is missing else l_1_first) and environment.getattr((undefined(name='first') if l_1_first is missing else l_1_first), 'reasons')):
                pass
                l_1_why = environment.getattr((undefined(name='first') if l_1_first is missing else l_1_first), 'reasons')
                _loop_vars['why'] = l_1_why
                yield '<div class="why"><span class="cut">'
                yield escape(t_15(environment.getitem((undefined(name='why') if l_1_why is missing else l_1_why), 0)))
                yield '</span> <i>'
                yield escape(t_2(context, environment.getattr(environment.getitem((undefined(name='why') if l_1_why is missing else l_1_why), 0), 'last')))
                yield '</i></div>'
                if (t_7((undefined(name='why') if l_1_why is missing else l_1_why)) > 1):
                    pass
                    yield '<div class="why"><span class="cut">'
                    l_2_loop = missing
                    for l_2_each, l_2_loop in LoopContext((undefined(name='why') if l_1_why is missing else l_1_why)[1:], undefined):
                        _loop_vars = {}
                        pass
                        yield escape(t_15(l_2_each))
                        if environment.getattr(l_2_each, 'last'):
                            pass
                            yield ' '
                            yield escape(t_2(context, environment.getattr(l_2_each, 'last')))
                        if (not environment.getattr(l_2_loop, 'last')):
                            pass
                            yield '; '
                    l_2_loop = l_2_each = missing
                    yield '</span></div>'
            yield '</td>\n<td class="c-l">'
            if environment.getattr(l_1_lead, 'last_activity'):
                pass
                yield '<span>'
                yield escape(t_2(context, context.call(environment.getattr(environment.getattr(l_1_lead, 'last_activity'), 'date'), _loop_vars=_loop_vars)))
                yield '</span><div class="sub">'
                yield escape(t_4(context, context.call(environment.getattr(environment.getattr(l_1_lead, 'last_activity'), 'date'), _loop_vars=_loop_vars)))
                yield '</div>'
            yield '</td>\n'
            if (environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'change') or environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'spark')):
                pass
                yield '<td class="c-t">'
                if (undefined(name='first') if l_1_first is missing else l_1_first):
                    pass
                    yield '<div class="tr">'
                    l_1_drawn = t_18(context, (undefined(name='first') if l_1_first is missing else l_1_first), (undefined(name='default') if l_0_default is missing else l_0_default))
                    _loop_vars['drawn'] = l_1_drawn
                    if (undefined(name='drawn') if l_1_drawn is missing else l_1_drawn):
                        pass
                        yield '<svg class="spark" viewBox="0 0 56 24" aria-hidden="true">'
                        if (not t_21(environment.getattr((undefined(name='drawn') if l_1_drawn is missing else l_1_drawn), 'threshold'))):
                            pass
                            yield '<line x1="0" x2="56" y1="'
                            yield escape(environment.getattr((undefined(name='drawn') if l_1_drawn is missing else l_1_drawn), 'threshold'))
                            yield '" y2="'
                            yield escape(environment.getattr((undefined(name='drawn') if l_1_drawn is missing else l_1_drawn), 'threshold'))
                            yield '"/>'
                        yield '<polyline points="'
                        yield escape(environment.getattr((undefined(name='drawn') if l_1_drawn is missing else l_1_drawn), 'points'))
                        yield '"/><circle cx="'
                        yield escape(environment.getitem(environment.getattr((undefined(name='drawn') if l_1_drawn is missing else l_1_drawn), 'end'), 0))
                        yield '" cy="'
                        yield escape(environment.getitem(environment.getattr((undefined(name='drawn') if l_1_drawn is missing else l_1_drawn), 'end'), 1))
                        yield '" r="2.2"/></svg>'
                    if environment.getattr((undefined(name='first') if l_1_first is missing else l_1_first), 'change'):
                        pass
                        l_1_by = t_3(context, environment.getattr((undefined(name='first') if l_1_first is missing else l_1_first), 'change'))
                        _loop_vars['by'] = l_1_by
                        yield '<b class="'
                        yield escape(('same' if ((not (undefined(name='by') if l_1_by is missing else l_1_by)) or ((undefined(name='by') if l_1_by is missing else l_1_by) == 'new')) else ('down' if (environment.getattr(environment.getattr((undefined(name='first') if l_1_first is missing else l_1_first), 'change'), 'points') < 0) else 'up')))
                        yield '">'
                        if (undefined(name='by') if l_1_by is missing else l_1_by):
                            pass
                            yield escape((undefined(name='by') if l_1_by is missing else l_1_by))
                        else:
                            pass
                            yield '<span class="vh">unchanged</span>'
                        yield '</b>'
                    yield '</div>'
                yield '</td>'
            if (environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'phone') or environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'email')):
                pass
                yield '<td class="c-p">'
                if environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'phone'):
                    pass
                    if (environment.getattr(l_1_lead, 'phone') and t_19(environment.getattr(l_1_lead, 'phone'))):
                        pass
                        yield '<a class="tel" href="'
                        yield escape(t_19(environment.getattr(l_1_lead, 'phone')))
                        yield '" aria-label="Call '
                        yield escape(context.call((undefined(name='name_of') if l_1_name_of is missing else l_1_name_of), l_1_lead, _loop_vars=_loop_vars))
                        yield ', '
                        yield escape(t_17(environment.getattr(l_1_lead, 'phone'), 40))
                        yield '"><svg aria-hidden="true"><use href="#tel"/></svg>'
                        yield escape(t_12(environment.getattr(l_1_lead, 'phone'), 40))
                        yield '</a>'
                    elif environment.getattr(l_1_lead, 'phone'):
                        pass
                        yield '<span class="nophone cut">'
                        yield escape(t_12(environment.getattr(l_1_lead, 'phone'), 40))
                        yield '</span>'
                    else:
                        pass
                        yield '<span class="mute nophone">no phone</span>'
                if environment.getattr(l_1_lead, 'email'):
                    pass
                    l_1_href = t_8(environment.getattr(l_1_lead, 'email'))
                    _loop_vars['href'] = l_1_href
                    if (undefined(name='href') if l_1_href is missing else l_1_href):
                        pass
                        yield '<a class="mail cut'
                        yield escape((' only' if (not (environment.getattr(l_1_lead, 'phone') and t_19(environment.getattr(l_1_lead, 'phone')))) else cond_expr_undefined("the inline if-expression on line 72 in 'call_list.html.j2' evaluated to false and no else section was defined.")))
                        yield '" href="'
                        yield escape((undefined(name='href') if l_1_href is missing else l_1_href))
                        yield '" title="'
                        yield escape(t_17(environment.getattr(l_1_lead, 'email'), 120))
                        yield '">'
                        yield escape(t_12(environment.getattr(l_1_lead, 'email')))
                        yield '</a>'
                    else:
                        pass
                        yield '<span class="mail cut">'
                        yield escape(t_12(environment.getattr(l_1_lead, 'email')))
                        yield '</span>'
                yield '</td>'
            yield '<td class="c-x"><svg aria-hidden="true"><use href="#chev"/></svg></td></tr>\n'
        l_1_loop = l_1_lead = l_1_first = l_1_why = l_1_drawn = l_1_by = l_1_name_of = l_1_href = missing
        yield '</tbody></table>\n<button type="button" class="tog more" hidden></button>\n'
    if (t_7(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'leads')) < environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'total')):
        pass
        yield '<p class="cutnote sub">The page lists the first '
        yield escape(t_11(t_7(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'leads'))))
        yield ' of '
        yield escape(t_11(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'total')))
        yield ' leads; scores.csv has everyone.</p>'
    yield '<div class="none"'
    yield escape((' hidden' if environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'leads') else cond_expr_undefined("the inline if-expression on line 79 in 'call_list.html.j2' evaluated to false and no else section was defined.")))
    yield '>'
    if (not environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'leads')):
        pass
        yield '<b>No lead on the call list has a flame.</b> <span>Every contact scores 0 or less, or must not be called. The <a href="#exports">Exports</a> page says what was read.</span>'
    yield '</div>\n</div>\n'
    if environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'leads'):
        pass
        yield '<aside class="side" id="side" aria-label="Filters">\n'
        if (undefined(name='several') if l_0_several is missing else l_0_several):
            pass
            l_0_other = environment.getitem(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'scores'), 1)
            context.vars['other'] = l_0_other
            context.exported_vars.add('other')
            yield '<section><h2>'
            yield escape(t_12(environment.getattr((undefined(name='default') if l_0_default is missing else l_0_default), 'title'), 24))
            yield ' × '
            yield escape(t_12(environment.getattr((undefined(name='other') if l_0_other is missing else l_0_other), 'title'), 24))
            yield '</h2>'
            yield escape(context.call(environment.getattr((undefined(name='part') if l_0_part is missing else l_0_part), 'grid'), environment.getitem(environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'grids'), 0)))
            yield '</section>\n'
        else:
            pass
            l_0_most = t_10(environment, environment.getattr((undefined(name='default') if l_0_default is missing else l_0_default), 'on_list')[1:])
            context.vars['most'] = l_0_most
            context.exported_vars.add('most')
            yield '<section><h2>Flames</h2><div class="fc f">\n'
            for l_1_n in context.call((undefined(name='range') if l_0_range is missing else l_0_range), 5, 0, -1):
                _loop_vars = {}
                pass
                yield '<a href="#flames='
                yield escape(l_1_n)
                yield '" data-flames="'
                yield escape(l_1_n)
                yield '">'
                yield escape(context.call(environment.getattr((undefined(name='part') if l_0_part is missing else l_0_part), 'flames'), l_1_n, _loop_vars=_loop_vars))
                yield escape(context.call(environment.getattr((undefined(name='part') if l_0_part is missing else l_0_part), 'bar'), environment.getitem(environment.getattr((undefined(name='default') if l_0_default is missing else l_0_default), 'on_list'), l_1_n), (undefined(name='most') if l_0_most is missing else l_0_most), _loop_vars=_loop_vars))
                yield '<b>'
                yield escape(t_11(environment.getitem(environment.getattr((undefined(name='default') if l_0_default is missing else l_0_default), 'on_list'), l_1_n)))
                yield '</b></a>'
            l_1_n = missing
            yield '<div class="mute"><small>no flame</small><span></span><b>'
            yield escape(t_11(environment.getitem(environment.getattr((undefined(name='default') if l_0_default is missing else l_0_default), 'flames'), 0)))
            yield '</b></div>\n</div></section>\n'
        if environment.getattr((undefined(name='with_') if l_0_with_ is missing else l_0_with_), 'owner'):
            pass
            l_0_most = t_10(environment, t_9(context, environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'owners'), attribute='hot'))
            context.vars['most'] = l_0_most
            context.exported_vars.add('most')
            yield '<section><h2>Owner</h2><div class="fc o">\n'
            for l_1_each in environment.getattr((undefined(name='page') if l_0_page is missing else l_0_page), 'owners'):
                _loop_vars = {}
                pass
                yield '<a href="#owner='
                yield escape(t_1(t_13(environment.getattr(l_1_each, 'owner'))))
                yield '" data-owner="'
                yield escape(t_13(environment.getattr(l_1_each, 'owner')))
                yield '"><span class="cut">'
                yield escape(t_12(environment.getattr(l_1_each, 'owner'), 40))
                yield '</span><b>'
                yield escape(t_11(environment.getattr(l_1_each, 'hot')))
                yield '</b>'
                yield escape(context.call(environment.getattr((undefined(name='part') if l_0_part is missing else l_0_part), 'bar'), environment.getattr(l_1_each, 'hot'), (undefined(name='most') if l_0_most is missing else l_0_most), _loop_vars=_loop_vars))
                yield '</a>'
            l_1_each = missing
            yield '</div></section>\n'
        yield '<section><h2>Hot leads to call'
        if (t_7(environment.getattr((undefined(name='default') if l_0_default is missing else l_0_default), 'trend')) > 2):
            pass
            yield ', '
            yield escape(t_7(environment.getattr((undefined(name='default') if l_0_default is missing else l_0_default), 'trend')))
            yield ' runs'
        yield '</h2><div class="tl">'
        yield escape(context.call(environment.getattr((undefined(name='part') if l_0_part is missing else l_0_part), 'line'), (undefined(name='default') if l_0_default is missing else l_0_default), 64))
        yield '</div></section>\n</aside>\n'
    yield '</div>\n</section>'

blocks = {}
debug_info = '1=148&2=151&3=154&6=159&7=187&8=197&9=201&10=204&11=215&13=224&14=229&15=231&16=237&20=243&21=247&22=249&23=253&24=261&29=268&32=271&33=274&35=285&36=299&37=303&41=325&48=347&49=350&53=356&54=367&58=380&59=393&63=398&64=407&65=410&66=412&67=439&68=452&69=476&70=503&71=511&72=552&78=600&79=608&81=614&83=617&84=619&85=623&87=631&89=635&90=650&93=652&94=654&96=658&99=675'
