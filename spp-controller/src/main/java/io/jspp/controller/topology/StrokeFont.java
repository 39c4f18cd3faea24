package io.jspp.controller.topology;

import java.awt.geom.Path2D;
import java.util.HashMap;
import java.util.Map;

/**
 * Letters as strokes, so that pictures need no fonts, which servers rarely have, and look the same everywhere. A glyph is a
 * list of strokes, a stroke a list of points {@code xy} on a grid: x 0 to 4, y 0 (capitals' top), 2 (small letters' top), 6
 * (base line), 8 (below). ASCII only, anything else is an empty box.
 */
final class StrokeFont {
    private static final double UNIT_X = 1.33;
    private static final double UNIT_Y = 1.6;
    private static final double INSET_X = 1.2;
    private static final double INSET_Y = 3.4;
    private static final String MISSING = "0040460600";

    private static final Map<Character, String> GLYPHS = new HashMap<>();

    static {
        add("A 0602204246 0444|B 06003041423303 3344453606|C 4130100105163645|D 00204244260600|E 40000646 0333|"
                + "F 400006 0333|G 41301001051636454323|H 0006 4046 0343|I 1030 2026 1636|J 4045361605|"
                + "K 0006 400346|L 000646|M 0600234046|N 06004640|O 103041453616050110|P 06003041423303|"
                + "Q 103041453616050110 2446|R 06003041423303 2346|S 413010010213334445361605|T 0040 2026|"
                + "U 000516364540|V 002640|W 0016233640|X 0046 4006|Y 002340 2326|Z 00400646");
        add("a 12324346 441405163645|b 0006 0312324345361605|c 4332120305163645|d 4046 4332120305163645|"
                + "e 04444332120305163645|f 40302126 1242|g 4332120305163645 4247381807|h 0006 0312324346|"
                + "i 122226 1636 2020|j 2232372818 3030|k 0006 420446|l 102026 1636|m 0206 03122326 23324346|"
                + "n 0206 0312324346|o 123243453616050312|p 0208 0312324345361605|q 4248 4332120305163645|"
                + "r 0206 04223243|s 43321203143445361605|t 20253646 0242|u 0205163645 4246|v 022642|"
                + "w 0216243642|x 0246 4206|y 0205163645 4247381807|z 02420646");
        add("0 103041453616050110 4105|1 112026 1636|2 01103041420646|3 01103041423313 334445361605|4 36300444|"
                + "5 400003334445361605|6 4130100105163645443303|7 004026|"
                + "8 103041423344453616050413020110 1333|9 0516364541301001021343");
        add(": 2323 2626|. 2626|, 2618|; 2323 2618|- 1434|+ 0444 2226|= 0343 0545|_ 0747|/ 4006|\\ 0046|< 420446|"
                + "> 024406|( 30212536|) 10212516|[ 30202636|] 10202616|{ 30212213242536|} 10212233242516|"
                + "* 2125 0244 4204|# 1016 3036 0242 0444|% 4006 0110 3645|& 46121120310405162644|! 2024 2626|"
                + "? 01103041422324 2626|' 2022|\" 1012 3032|` 1021|^ 022042|~ 04133443|@ 342422323445433010010516|"
                + "$ 413010010213334445361605 2026");
        GLYPHS.put('|', "2028");
        GLYPHS.put(' ', "");
    }

    private StrokeFont() {}

    /** The strokes of a text whose row begins at x, y; each character is {@link Drawing#CHAR} wide. */
    static Path2D path(final String text, final double x, final double y) {
        final Path2D path = new Path2D.Double();
        for (int i = 0; i < text.length(); i++) {
            final double left = x + i * Drawing.CHAR + INSET_X;
            for (final String stroke :
                    GLYPHS.getOrDefault(text.charAt(i), MISSING).split(" ")) {
                addStroke(path, stroke, left, y + INSET_Y);
            }
        }
        return path;
    }

    /** True when every character has a shape of its own. */
    static boolean canDraw(final String text) {
        return text.chars().allMatch(c -> GLYPHS.containsKey((char) c));
    }

    private static void addStroke(final Path2D path, final String stroke, final double left, final double top) {
        for (int i = 0; i + 1 < stroke.length(); i += 2) {
            final double x = left + (stroke.charAt(i) - '0') * UNIT_X;
            final double y = top + (stroke.charAt(i + 1) - '0') * UNIT_Y;
            if (i == 0) {
                path.moveTo(x, y);
                // A stroke of one place is a dot.
                path.lineTo(x + 0.01, y);
                path.moveTo(x, y);
            } else {
                path.lineTo(x, y);
            }
        }
    }

    private static void add(final String table) {
        for (final String row : table.split("\\|")) {
            GLYPHS.put(row.charAt(0), row.substring(2));
        }
    }
}
